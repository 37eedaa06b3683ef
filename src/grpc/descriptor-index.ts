import { BinaryReader } from '@bufbuild/protobuf/wire'

/** The files of a compiled descriptor set, found by name and by what they define. */
export interface DescriptorIndex {
  /** Serialized `FileDescriptorProto` of the file and of all that it imports, itself first; `undefined`: no such file. */
  withImports(fileName: string): Buffer[] | undefined
  /** Name of the file that defines a message, field, enum, value, service or method. */
  fileOfSymbol(symbol: string): string | undefined
}

interface File {
  readonly bytes: Buffer
  readonly imports: string[]
}

/**
 * Indexes a serialized `google.protobuf.FileDescriptorSet`. Reads only names, by the field numbers of descriptor.proto, so
 * that what is sent on is what the compiler wrote, comments included.
 */
export function createDescriptorIndex(descriptorSet: Uint8Array): DescriptorIndex {
  const files = new Map<string, File>()
  const symbols = new Map<string, string>()

  for (const bytes of fields(descriptorSet, 1)) {
    const name = text(bytes, 1)
    const scope = text(bytes, 2)
    files.set(name, { bytes: Buffer.from(bytes), imports: fields(bytes, 3).map(decodeText) })
    const define = (symbol: string) => symbols.set(symbol, name)
    for (const message of fields(bytes, 4)) indexMessage(message, scope, define)
    for (const enumeration of fields(bytes, 5)) indexEnum(enumeration, scope, define)
    for (const service of fields(bytes, 6)) {
      const full = join(scope, text(service, 1))
      define(full)
      for (const method of fields(service, 2)) define(join(full, text(method, 1)))
    }
  }

  return {
    withImports(fileName) {
      if (!files.has(fileName)) return undefined
      const seen = new Set([fileName])
      for (const name of seen) for (const imported of files.get(name)?.imports ?? []) seen.add(imported)
      return [...seen].flatMap((name) => files.get(name)?.bytes ?? [])
    },
    fileOfSymbol: (symbol) => symbols.get(symbol),
  }
}

function indexMessage(message: Uint8Array, scope: string, define: (symbol: string) => void): void {
  const full = join(scope, text(message, 1))
  define(full)
  for (const field of [...fields(message, 2), ...fields(message, 8)]) define(join(full, text(field, 1)))
  for (const nested of fields(message, 3)) indexMessage(nested, full, define)
  for (const enumeration of fields(message, 4)) indexEnum(enumeration, full, define)
}

function indexEnum(enumeration: Uint8Array, scope: string, define: (symbol: string) => void): void {
  define(join(scope, text(enumeration, 1)))
  // Values of an enum are siblings of the enum, not its children: language guide, "Enumerations".
  for (const value of fields(enumeration, 2)) define(join(scope, text(value, 1)))
}

function join(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`
}

/** The length-delimited values of one field. */
function fields(message: Uint8Array, number: number): Uint8Array[] {
  const reader = new BinaryReader(message)
  const found: Uint8Array[] = []
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag()
    if (field === number) found.push(reader.bytes())
    else reader.skip(wireType)
  }
  return found
}

function text(message: Uint8Array, number: number): string {
  return decodeText(fields(message, number)[0] ?? new Uint8Array())
}

function decodeText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}
