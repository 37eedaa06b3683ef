import { MalformedError } from '../../errors.ts'
import type { HeaderIndex } from '../http-request.ts'
import { parseDictionary } from '../structured-field/parse-field.ts'
import type { Dictionary, InnerList, Parameters } from '../structured-field/value.ts'

/** The signatures of a message by their labels, not yet looked at. */
export interface SignatureFields {
  readonly inputs: Dictionary
  readonly signatures: Dictionary
}

/** One signature with its components and parameters. */
export interface LabelledSignature {
  readonly input: InnerList
  readonly signature: Uint8Array
}

/** What a signature says of itself (RFC 9421 section 2.3). */
export interface SignatureParameters {
  /** Unix seconds. */
  readonly created: number | undefined
  readonly expires: number | undefined
  readonly nonce: string | undefined
  readonly alg: string | undefined
  readonly keyid: string | undefined
  readonly tag: string | undefined
}

/**
 * Reads Signature-Input and Signature (RFC 9421 sections 4.1 and 4.2). A label or parameter that is there twice is refused: two readers
 * would take different ones for the real one. `undefined` if one of the two fields is missing.
 *
 * @throws {@link MalformedError} `structured_field.*`
 */
export function parseSignatureFields(headers: HeaderIndex): SignatureFields | undefined {
  const input = headers.get('signature-input')
  const signature = headers.get('signature')
  if (!input || !signature) return undefined
  return {
    inputs: parseDictionary(input, { unique: true }),
    signatures: parseDictionary(signature, { unique: true }),
  }
}

/**
 * One signature by its label; `undefined` if either field does not have it.
 *
 * @throws {@link MalformedError} `signature.input`, `signature.value`
 */
export function selectSignature(
  { inputs, signatures }: SignatureFields,
  label: string,
): LabelledSignature | undefined {
  const input = inputs.get(label)
  const signature = signatures.get(label)
  if (!input || !signature) return undefined
  if (input.kind !== 'inner_list')
    throw new MalformedError('signature.input', 'the Signature-Input of the signature is not an inner list')
  if (signature.kind !== 'item' || signature.value.kind !== 'bytes')
    throw new MalformedError('signature.value', 'the Signature is not a byte sequence')
  return { input, signature: signature.value.bytes }
}

/** Labels whose Signature-Input has this tag, whatever else it says. */
export function labelsWithTag({ inputs }: SignatureFields, tag: string): readonly string[] {
  return [...inputs.keys()].filter((label) => {
    const value = inputs.get(label)!.parameters.get('tag')
    return value?.kind === 'string' && value.text === tag
  })
}

// Twelve digits reach the year 33658 and are exact in a Date.
const MAX_SECONDS = 999_999_999_999

/**
 * Reads the parameters that RFC 9421 knows. Others have no meaning here; they are signed like these.
 *
 * @throws {@link MalformedError} `signature.parameter` for one of another type, or a time out of range
 */
export function readSignatureParameters(parameters: Parameters): SignatureParameters {
  return {
    created: readSeconds(parameters, 'created'),
    expires: readSeconds(parameters, 'expires'),
    nonce: readString(parameters, 'nonce'),
    alg: readString(parameters, 'alg'),
    keyid: readString(parameters, 'keyid'),
    tag: readString(parameters, 'tag'),
  }
}

function readSeconds(parameters: Parameters, name: string): number | undefined {
  const value = parameters.get(name)
  if (value === undefined) return undefined
  if (value.kind !== 'integer' || value.value < 0 || value.value > MAX_SECONDS)
    throw new MalformedError('signature.parameter', `the parameter ${name} is not Unix seconds`)
  return value.value
}

function readString(parameters: Parameters, name: string): string | undefined {
  const value = parameters.get(name)
  if (value === undefined) return undefined
  if (value.kind !== 'string')
    throw new MalformedError('signature.parameter', `the parameter ${name} is not a string`)
  return value.text
}
