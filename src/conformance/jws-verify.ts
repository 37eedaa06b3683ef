import { encodeUtf8, formatBase64 } from '../core/bytes.ts'
import { MAX_JWKS_BYTES, MAX_JWS_BYTES } from '../core/limits.ts'
import { parseJwk, parseJwkSet } from '../core/token/jwk.ts'
import { type JwsSignature, parseCompactJws, parseJsonJws } from '../core/token/jws.ts'
import { type JsonObject, isJsonObject, parseJsonObject } from '../core/token/strict-json.ts'
import { type JwsVerdict, verifyJws, verifyJwsWith } from '../core/token/verify-jws.ts'
import { type Case, CaseError, readOptionalBytes, readString } from './case-fields.ts'
import { type Verdict, accept, parsing, refuse } from './verdict.ts'

/**
 * `jws.verify`: does a JWS verify, or of one in JSON with several signatures one of them? A `jwk` is the key that is meant; in a `jwks` the `kid` chooses.
 * Text in place of an object (`json`, `jwk`, `jwks`) is read strictly, names that are there twice included.
 */
export async function runJwsVerify(given: Case): Promise<Verdict> {
  const detached = readOptionalBytes(given, 'payload')
  const keys = readKeys(given)
  const read = readJws(given, detached)

  const accepted = parsing('PUBLIC_KEY_REJECTED', keys.parse)
  if ('refused' in accepted) return accepted.refused
  const signatures = parsing('CREDENTIAL_MALFORMED', read)
  if ('refused' in signatures) return signatures.refused
  const verdicts: JwsVerdict[] = []
  for (const jws of signatures.parsed) {
    const verdict = await keys.verify(jws, accepted.parsed)
    if (verdict === 'valid') return accept({ payload: formatBase64(jws.payload), alg: jws.alg })
    verdicts.push(verdict)
  }
  if (verdicts.includes('invalid')) return refuse('SIGNATURE_INVALID', 'the signature does not verify')
  return verdicts.includes('algorithm_mismatch')
    ? refuse('SIGNATURE_ALGORITHM_INVALID', 'the algorithm does not fit the key')
    : refuse('SIGNATURE_INVALID', 'no key of the set has this kid')
}

function readJws(given: Case, detached: Uint8Array | undefined): () => readonly JwsSignature[] {
  if ((given['compact'] === undefined) === (given['json'] === undefined))
    throw new CaseError('compact, json: expected one of them')
  if (given['json'] === undefined) {
    const text = bounded(readString(given, 'compact'), 'compact', MAX_JWS_BYTES)
    return () => [parseCompactJws(text, detached)]
  }
  const json = readJson(given, 'json', MAX_JWS_BYTES)
  return () => parseJsonJws(json(), detached)
}

function readKeys(given: Case) {
  if ((given['jwk'] === undefined) === (given['jwks'] === undefined))
    throw new CaseError('jwk, jwks: expected one of them')
  const name = given['jwks'] === undefined ? 'jwk' : 'jwks'
  const json = readJson(given, name, MAX_JWKS_BYTES)
  return name === 'jwk'
    ? { parse: () => [parseJwk(json())], verify: verifyJwsWith }
    : { parse: () => parseJwkSet(json()), verify: verifyJws }
}

/** An object, or the text of one, which is then read when it is asked for. */
function readJson(given: Case, field: string, maxLength: number): () => JsonObject {
  const value = given[field]
  if (isJsonObject(value)) return () => value
  const text = bounded(readString(given, field), field, maxLength)
  return () => parseJsonObject(encodeUtf8(text))
}

function bounded(text: string, field: string, maxLength: number): string {
  if (text.length > maxLength) throw new CaseError(`${field}: longer than ${maxLength} characters`)
  return text
}
