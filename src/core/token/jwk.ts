import { encodeUtf8, parseBase64Url } from '../bytes.ts'
import { sha256Base64Url, spkiOfJwk } from '../crypto.ts'
import { MalformedError } from '../errors.ts'
import { MAX_JWKS_KEYS, MAX_PUBLIC_KEY_BYTES } from '../limits.ts'
import type { VerificationKey } from '../request/rfc9421/verify-message.ts'
import { checkChainKey, decodeSubjectPublicKeyInfo } from '../x509/public-key.ts'
import { keyFitsAlgorithm } from './jws-algorithm.ts'
import { type JsonObject, isJsonObject, member } from './strict-json.ts'

/** A key that signatures are checked with, and what its owner says that it may be used for. */
export interface Jwk {
  readonly kid: string | undefined
  /** The one algorithm of the key, if it names one. */
  readonly alg: string | undefined
  readonly key: VerificationKey
}

/** Octets of a coordinate: RFC 7518 section 6.2.1.2 wants them whole, RFC 8037 section 2 the key as it is. */
const COORDINATE_BYTES: ReadonlyMap<string, number> = new Map([
  ['P-256', 32],
  ['P-384', 48],
  ['P-521', 66],
  ['Ed25519', 32],
])

/** What a member of each key type is made of; together with `kty` what its thumbprint is over (RFC 7638 section 3.2, RFC 8037 section 2). */
const MEMBERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['EC', ['crv', 'x', 'y']],
  ['OKP', ['crv', 'x']],
  ['RSA', ['e', 'n']],
])

/**
 * Reads a JSON Web Key (RFC 7517) for checking signatures. `kty`, `crv`, `alg`, `use` and `key_ops` must agree (RFC 8725 section 3.1), and the key is
 * held to the rules for keys in chains. Members of a private key are never read: what is checked needs none of them.
 *
 * @throws {@link MalformedError} `jwk.*`, `public_key.*`
 */
export function parseJwk(jwk: JsonObject): Jwk {
  checkPurpose(jwk)
  const kid = optionalText(jwk, 'kid')
  const alg = optionalText(jwk, 'alg')
  const key = readKey(jwk)
  if (alg !== undefined && !keyFitsAlgorithm(key, alg))
    throw new MalformedError('jwk.alg', 'alg names no signature algorithm that a key of this type can have')
  return { kid, alg, key }
}

/**
 * Reads a JWK set. Keys that we cannot use, because they are for something else or of a type that we do not have, are passed over (RFC 7517 section 5); two keys
 * with one `kid` are not, because it would not be known which one is meant.
 *
 * @throws {@link MalformedError} `jwks.*`
 */
export function parseJwkSet(set: JsonObject): readonly Jwk[] {
  const keys = member(set, 'keys')
  if (!Array.isArray(keys) || !keys.every(isJsonObject))
    throw new MalformedError('jwks.keys', 'keys is not a list of objects')
  if (keys.length > MAX_JWKS_KEYS)
    throw new MalformedError('jwks.too_many', `the set has more than ${MAX_JWKS_KEYS} keys`)
  const usable = keys.flatMap((jwk) => {
    try {
      return [parseJwk(jwk)]
    } catch (error) {
      if (error instanceof MalformedError) return []
      throw error
    }
  })
  const kids = usable.flatMap(({ kid }) => (kid === undefined ? [] : [kid]))
  if (new Set(kids).size !== kids.length) throw new MalformedError('jwks.kid', 'two keys have one kid')
  return usable
}

/** The SHA-256 thumbprint of a public key (RFC 7638), base64url. */
export function jwkThumbprint(jwk: JsonObject): string {
  const kty = requiredText(jwk, 'kty')
  const names = MEMBERS.get(kty)
  if (!names) throw new MalformedError('jwk.kty', 'keys of this type have no thumbprint here')
  // Sorted by name, nothing between: the one form that is hashed.
  const members = [...names, 'kty'].sort().map((name) => [name, requiredText(jwk, name)] as const)
  return sha256Base64Url(encodeUtf8(JSON.stringify(Object.fromEntries(members))))
}

function checkPurpose(jwk: JsonObject): void {
  const use = member(jwk, 'use')
  if (use !== undefined && use !== 'sig') throw new MalformedError('jwk.use', 'use is not sig')
  const operations = member(jwk, 'key_ops')
  if (operations === undefined) return
  if (!Array.isArray(operations) || new Set(operations).size !== operations.length)
    throw new MalformedError('jwk.key_ops', 'key_ops is not a list in which each operation is once')
  if (!operations.includes('verify')) throw new MalformedError('jwk.key_ops', 'key_ops does not have verify')
}

function readKey(jwk: JsonObject): VerificationKey {
  const kty = requiredText(jwk, 'kty')
  if (kty === 'oct') {
    const secret = readOctets(jwk, 'k')
    if (secret.length === 0) throw new MalformedError('jwk.k', 'the secret is empty')
    return { kind: 'secret', secret }
  }
  checkMembers(jwk, kty)
  return { kind: 'public', key: checkChainKey(decodeSubjectPublicKeyInfo(spkiOfJwk(jwk))) }
}

/** OpenSSL would take base64 of any kind, and numbers of any length: one key would have many spellings, and many thumbprints. */
function checkMembers(jwk: JsonObject, kty: string): void {
  if (kty === 'RSA') {
    for (const name of ['n', 'e']) {
      // RFC 7518 section 6.3.1: the fewest octets that hold the number.
      if (!(readOctets(jwk, name)[0]! > 0))
        throw new MalformedError(`jwk.${name}`, `${name} is not a positive number in its shortest form`)
    }
    return
  }
  const names = MEMBERS.get(kty)
  if (!names) throw new MalformedError('jwk.kty', 'kty is none of EC, OKP, RSA and oct')
  const crv = requiredText(jwk, 'crv')
  const bytes = COORDINATE_BYTES.get(crv)
  if (bytes === undefined || (crv === 'Ed25519') !== (kty === 'OKP'))
    throw new MalformedError('jwk.crv', 'crv is no signature curve of this kty')
  for (const name of names) {
    if (name !== 'crv' && readOctets(jwk, name).length !== bytes)
      throw new MalformedError(`jwk.${name}`, `${name} does not have ${bytes} octets`)
  }
}

function readOctets(jwk: JsonObject, name: string): Uint8Array {
  const text = requiredText(jwk, name)
  const octets = text.length > 2 * MAX_PUBLIC_KEY_BYTES ? undefined : parseBase64Url(text)
  if (octets === undefined) throw new MalformedError(`jwk.${name}`, `${name} is not base64url of a key`)
  return octets
}

function requiredText(jwk: JsonObject, name: string): string {
  const text = optionalText(jwk, name)
  if (text === undefined) throw new MalformedError(`jwk.${name}`, `${name} is not there`)
  return text
}

function optionalText(jwk: JsonObject, name: string): string | undefined {
  const value = member(jwk, name)
  if (value === undefined || typeof value === 'string') return value
  throw new MalformedError(`jwk.${name}`, `${name} is not a string`)
}
