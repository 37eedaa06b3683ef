import { encodeUtf8, formatBase64 } from '../core/bytes.ts'
import { MAX_JWKS_BYTES, MAX_JWS_BYTES } from '../core/limits.ts'
import { type Jwk, parseJwk, parseJwkSet } from '../core/token/jwk.ts'
import { type JwsSignature, parseCompactJws, parseJsonJws } from '../core/token/jws.ts'
import { type JsonObject, isJsonObject, parseJsonObject } from '../core/token/strict-json.ts'
import { chooseKeys, fittingKeys, verifyJws } from '../core/token/verify-jws.ts'
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
  let refusal = refuse('TOKEN_KEY_UNKNOWN', 'no key of the set has this kid')
  for (const jws of signatures.parsed) {
    const chosen = keys.isSet ? chooseKeys(jws, accepted.parsed) : accepted.parsed
    const fitting = fittingKeys(jws, chosen)
    if (await verifyJws(jws, fitting)) return accept({ payload: formatBase64(jws.payload), alg: jws.alg })
    if (fitting.length > 0) refusal = refuse('SIGNATURE_INVALID', 'the signature does not verify')
    else if (chosen.length > 0)
      refusal = refuse('SIGNATURE_ALGORITHM_INVALID', 'the algorithm does not fit the key')
  }
  return refusal
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

function readKeys(given: Case): { readonly parse: () => readonly Jwk[]; readonly isSet: boolean } {
  if ((given['jwk'] === undefined) === (given['jwks'] === undefined))
    throw new CaseError('jwk, jwks: expected one of them')
  const isSet = given['jwk'] === undefined
  const json = readJson(given, isSet ? 'jwks' : 'jwk', MAX_JWKS_BYTES)
  return { parse: () => (isSet ? parseJwkSet(json()) : [parseJwk(json())]), isSet }
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
