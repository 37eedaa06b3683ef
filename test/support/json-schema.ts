/** The part of JSON Schema (draft 2020-12) that the schemas of the vectors use. */
export interface Schema {
  readonly $schema?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly $ref?: string
  readonly title?: string
  readonly description?: string
  readonly type?: 'object' | 'array' | 'string' | 'boolean' | 'integer'
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
  readonly format?: 'date-time'
  readonly contentEncoding?: 'base64'
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: false | Schema
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly minItems?: number
  readonly maxProperties?: number
  readonly oneOf?: readonly Schema[]
}

const KEYWORDS: ReadonlySet<string> = new Set([
  ...['$schema', '$defs', '$ref', 'title', 'description', 'type', 'enum', 'const', 'pattern', 'format'],
  ...['contentEncoding', 'properties', 'additionalProperties', 'required', 'items', 'minItems'],
  ...['maxProperties', 'oneOf'],
])

/**
 * Where a value breaks a schema, one line each. `format` and `contentEncoding` are enforced.
 *
 * @throws Error for a schema with a keyword that is not known here: it would go unchecked.
 */
export function findViolations(schema: Schema, value: unknown): readonly string[] {
  return check(schema, value, '$', schema)
}

function check(schema: Schema, value: unknown, path: string, root: Schema): readonly string[] {
  const stranger = Object.keys(schema).find((keyword) => !KEYWORDS.has(keyword))
  if (stranger !== undefined) throw new Error(`the schema has the keyword ${stranger}`)
  const found = schema.$ref === undefined ? [] : check(resolve(root, schema.$ref), value, path, root)
  const problem = checkScalar(schema, value)
  const oneOf = schema.oneOf?.filter((option) => check(option, value, path, root).length === 0)
  return [
    ...found,
    ...(problem === undefined ? [] : [`${path}: ${problem}`]),
    ...(oneOf === undefined || oneOf.length === 1 ? [] : [`${path}: fits ${oneOf.length} of oneOf`]),
    ...(Array.isArray(value) ? checkItems(schema, value, path, root) : []),
    ...(isObject(value) ? checkProperties(schema, value, path, root) : []),
  ]
}

function checkScalar(schema: Schema, value: unknown): string | undefined {
  const { type, pattern, format } = schema
  if (type !== undefined && type !== typeName(value)) return `is no ${type}`
  if (schema.enum && !schema.enum.includes(value)) return 'is none of the values'
  if ('const' in schema && schema.const !== value) return 'is another value'
  if (typeof value !== 'string') return undefined
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return `does not match ${pattern}`
  if (schema.contentEncoding && Buffer.from(value, 'base64').toString('base64') !== value)
    return 'is no base64'
  return format && Number.isNaN(Date.parse(value)) ? 'is no date-time' : undefined
}

function checkItems({ items, minItems }: Schema, values: readonly unknown[], path: string, root: Schema) {
  const few = minItems !== undefined && values.length < minItems ? [`${path}: has too few items`] : []
  return [...few, ...(items ? values.flatMap((value, i) => check(items, value, `${path}[${i}]`, root)) : [])]
}

function checkProperties(
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  path: string,
  root: Schema,
) {
  const { properties = {}, additionalProperties, required = [], maxProperties } = schema
  const missing = required.filter((name) => !(name in value)).map((name) => `${path}: has no ${name}`)
  const many = maxProperties !== undefined && Object.keys(value).length > maxProperties
  const members = Object.entries(value).flatMap(([name, member]) => {
    const of = properties[name] ?? additionalProperties
    if (of === false) return [`${path}: has ${name}`]
    return of ? check(of, member, `${path}.${name}`, root) : []
  })
  return [...missing, ...(many ? [`${path}: has too many members`] : []), ...members]
}

function resolve(root: Schema, reference: string): Schema {
  const target = root.$defs?.[reference.replace('#/$defs/', '')]
  if (!target) throw new Error(`the schema has no ${reference}`)
  return target
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (Number.isSafeInteger(value)) return 'integer'
  return isObject(value) ? 'object' : typeof value
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
