import { concatBytes, encodeUtf8, formatBase64Url, parseBase64Url } from '../bytes.ts'
import { MalformedError } from '../errors.ts'
import { MAX_JWS_SIGNATURES } from '../limits.ts'
import { type JsonObject, isJsonObject, member, parseJsonObject } from './strict-json.ts'

/** One signature of a JWS, read and not yet checked. */
export interface JwsSignature {
  /** Header parameters that the signature covers. */
  readonly protected: JsonObject
  /** All of them, those that it does not cover included; no name is in both parts. */
  readonly header: JsonObject
  readonly alg: string
  readonly kid: string | undefined
  /** What the signature is over. */
  readonly signingInput: Uint8Array
  readonly payload: Uint8Array
  readonly signature: Uint8Array
}

/**
 * Reads a JWS in compact serialization (RFC 7515 section 3.1). The caller bounds its length.
 *
 * @param detached - the payload if it travels apart (RFC 7515 appendix F); the middle part must then be empty.
 * @throws {@link MalformedError} `jws.*`, `json.*`
 */
export function parseCompactJws(text: string, detached?: Uint8Array): JwsSignature {
  const [header, payload, signature, ...more] = text.split('.')
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0)
    throw new MalformedError('jws.parts', 'a compact JWS has three parts')
  return readSignature({ protected: header, signature }, payload, detached)
}

/**
 * Reads a JWS in JSON serialization, general or flattened (RFC 7515 section 7.2): every signature in it, or none.
 *
 * @throws {@link MalformedError} `jws.*`, `json.*`
 */
export function parseJsonJws(jws: JsonObject, detached?: Uint8Array): readonly JwsSignature[] {
  const payload = member(jws, 'payload') ?? (detached && '')
  if (typeof payload !== 'string') throw new MalformedError('jws.payload', 'payload is not a string')
  const signatures = member(jws, 'signatures')
  if (signatures === undefined) return [readSignature(jws, payload, detached)]
  if (['signature', 'protected', 'header'].some((name) => member(jws, name) !== undefined))
    throw new MalformedError('jws.parts', 'the JWS is general and flattened at once')
  if (!Array.isArray(signatures) || signatures.length === 0 || !signatures.every(isJsonObject))
    throw new MalformedError('jws.parts', 'signatures is not a list of objects')
  if (signatures.length > MAX_JWS_SIGNATURES)
    throw new MalformedError('jws.too_many', `there are more than ${MAX_JWS_SIGNATURES} signatures`)
  return signatures.map((one) => readSignature(one, payload, detached))
}

function readSignature(
  parts: JsonObject,
  payloadText: string,
  detached: Uint8Array | undefined,
): JwsSignature {
  const protectedText = member(parts, 'protected') ?? ''
  if (typeof protectedText !== 'string')
    throw new MalformedError('jws.protected', 'protected is not a string')
  const covered = protectedText === '' ? {} : parseJsonObject(decode(protectedText, 'protected'))
  const open = member(parts, 'header') ?? {}
  if (!isJsonObject(open)) throw new MalformedError('jws.header', 'header is not an object')
  if (Object.keys(open).some((name) => Object.hasOwn(covered, name)))
    throw new MalformedError('jws.header', 'a header parameter is both covered and not')

  const encoded = isPayloadEncoded(covered, open)
  const payload = readPayload(payloadText, encoded, detached)
  const header: JsonObject = { ...covered, ...open }
  return {
    protected: covered,
    header,
    alg: requiredText(header, 'alg'),
    kid: member(header, 'kid') === undefined ? undefined : requiredText(header, 'kid'),
    signingInput: concatBytes([
      encodeUtf8(`${protectedText}.`),
      encoded ? encodeUtf8(formatBase64Url(payload)) : payload,
    ]),
    payload,
    signature: decode(requiredText(parts, 'signature'), 'signature'),
  }
}

/**
 * False for a payload that was signed as it is (RFC 7797), the one extension that we know. Every other name in `crit` is refused, and so are a `crit` that is
 * not covered, or that names what is not there, or nothing (RFC 7515 section 4.1.11).
 */
function isPayloadEncoded(covered: JsonObject, open: JsonObject): boolean {
  const critical = member(covered, 'crit')
  if (critical !== undefined || member(open, 'crit') !== undefined) {
    const known = Array.isArray(critical) && critical.length === 1 && critical[0] === 'b64'
    if (!known || member(covered, 'b64') === undefined)
      throw new MalformedError('jws.crit', 'crit names an extension that is not understood, or is malformed')
  }
  const b64 = member(covered, 'b64') ?? true
  if (typeof b64 !== 'boolean' || member(open, 'b64') !== undefined)
    throw new MalformedError('jws.b64', 'b64 is not a boolean that the signature covers')
  return b64
}

function readPayload(text: string, encoded: boolean, detached: Uint8Array | undefined): Uint8Array {
  if (detached !== undefined) {
    if (text !== '') throw new MalformedError('jws.payload', 'there is a payload, and another beside it')
    return detached
  }
  return encoded ? decode(text, 'payload') : encodeUtf8(text)
}

function decode(text: string, part: string): Uint8Array {
  const octets = parseBase64Url(text)
  if (octets === undefined) throw new MalformedError(`jws.${part}`, `${part} is not base64url`)
  return octets
}

function requiredText(parts: JsonObject, name: string): string {
  const value = member(parts, name)
  if (typeof value !== 'string') throw new MalformedError(`jws.${name}`, `${name} is not a string`)
  return value
}
