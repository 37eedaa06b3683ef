import type { Jwk } from './jwk.ts'
import { keyFitsAlgorithm, verifyJwsOctets } from './jws-algorithm.ts'
import type { JwsSignature } from './jws.ts'

/** The keys of a set that the header means: those with its `kid`, or all if it has none. Keys in the header (`jwk`, `jku`, `x5c`, `x5u`) are never looked at. */
export function chooseKeys({ kid }: JwsSignature, keys: readonly Jwk[]): readonly Jwk[] {
  return kid === undefined ? keys : keys.filter((jwk) => jwk.kid === kid)
}

/** Of the keys, those that the algorithm of the header is for: the key decides, and the header must agree (RFC 8725 section 3.1). */
export function fittingKeys({ alg }: JwsSignature, keys: readonly Jwk[]): readonly Jwk[] {
  return keys.filter((jwk) => (jwk.alg ?? alg) === alg && keyFitsAlgorithm(jwk.key, alg))
}

/** The one of the keys that the signature verifies with, `undefined` if none; with one that does not fit it never verifies. */
export async function verifyJws(
  { alg, signingInput, signature }: JwsSignature,
  keys: readonly Jwk[],
): Promise<Jwk | undefined> {
  for (const jwk of keys) if (await verifyJwsOctets(jwk.key, alg, signingInput, signature)) return jwk
  return undefined
}
