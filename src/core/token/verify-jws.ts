import type { Jwk } from './jwk.ts'
import { keyFitsAlgorithm, verifyJwsOctets } from './jws-algorithm.ts'
import type { JwsSignature } from './jws.ts'

/** How a signature was found to be. */
export type JwsVerdict = 'valid' | 'no_key' | 'algorithm_mismatch' | 'invalid'

/**
 * Checks one signature of a JWS. The key decides about the algorithm, and what the header says must agree; keys in the header (`jwk`, `jku`, `x5c`, `x5u`) are never
 * looked at (RFC 8725 sections 3.1 and 3.10).
 *
 * @param keys - of a set, in which the `kid` of the header chooses
 */
export async function verifyJws(jws: JwsSignature, keys: readonly Jwk[]): Promise<JwsVerdict> {
  const chosen = jws.kid === undefined ? keys : keys.filter(({ kid }) => kid === jws.kid)
  return chosen.length === 0 ? 'no_key' : verifyJwsWith(jws, chosen)
}

/** The same with keys that are known to be meant, whatever the `kid` says. */
export async function verifyJwsWith(
  { alg, signingInput, signature }: JwsSignature,
  keys: readonly Jwk[],
): Promise<JwsVerdict> {
  const fitting = keys.filter((jwk) => (jwk.alg ?? alg) === alg && keyFitsAlgorithm(jwk.key, alg))
  for (const { key } of fitting) if (await verifyJwsOctets(key, alg, signingInput, signature)) return 'valid'
  return fitting.length === 0 ? 'algorithm_mismatch' : 'invalid'
}
