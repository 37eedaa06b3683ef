import { verifySignature } from '../../crypto.ts'
import { MalformedError } from '../../errors.ts'
import { type AcceptedKey, checkChainKey } from '../public-key.ts'
import { certificateSignatureScheme } from '../signature-scheme.ts'
import type { AlgorithmIdentifier, Certificate } from '../types.ts'
import { describe, digestOf } from './certificate-identity.ts'
import { type PathFailure, failure } from './failure.ts'
import type { WorkBudget } from './work-budget.ts'

/**
 * Signatures already found good, by a key that names both the signed bytes and the public key. A caller that sees the same
 * chains again and again shares one; only good results are added, so it can be trusted as far as the memory it lives in.
 */
export interface VerifiedEdges {
  has(key: string): boolean
  add(key: string): void
}

/** What certificates and CRLs have in common: bytes, and an issuer's signature on them. */
interface Signed {
  readonly der: Uint8Array
  readonly tbsDer: Uint8Array
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
}

/** Names the signature of an issuer's key on something: both octet for octet, the signature included. */
export function edgeKey(signed: { readonly der: Uint8Array }, issuer: Certificate): string {
  return `${digestOf(issuer.publicKey)}:${digestOf(signed)}`
}

/** Verifies signatures of issuers, each at most once. */
export interface EdgeVerifier {
  /** `undefined` if `issuer`'s key made the signature on `signed` with an algorithm that is strong enough. `what` names it for people, if not. */
  verify(signed: Signed, issuer: Certificate, what: () => string): Promise<PathFailure | undefined>
}

/** Builds an {@link EdgeVerifier} that charges each signature check to `budget`. */
export function createEdgeVerifier(budget: WorkBudget, verified?: VerifiedEdges): EdgeVerifier {
  const known = new Map<string, PathFailure | undefined>()
  return {
    async verify(signed, issuer, what) {
      const key = edgeKey(signed, issuer)
      if (known.has(key)) return known.get(key)
      const accepted = acceptKey(issuer)
      // The rules for keys and algorithms are applied before the cache, which only knows that bytes verified.
      const found = 'ok' in accepted ? accepted : await check(signed, accepted, key, what)
      known.set(key, found)
      return found
    },
  }

  async function check(signed: Signed, key: AcceptedKey, edge: string, what: () => string) {
    const scheme = certificateSignatureScheme(signed.signatureAlgorithm, key)
    if (!scheme.ok) {
      const weak = scheme.refusal === 'weak' || scheme.refusal === 'unsupported'
      return failure(
        weak ? 'ALGORITHM_WEAK' : 'CERTIFICATE_SIGNATURE_INVALID',
        `${what()}: ${scheme.message}`,
      )
    }
    if (verified?.has(edge) === true) return undefined
    budget.spendSignatureCheck()
    if (!(await verifySignature(key.key, scheme.scheme, signed.tbsDer, signed.signature))) {
      return failure('CERTIFICATE_SIGNATURE_INVALID', `${what()}: the signature does not verify`)
    }
    verified?.add(edge)
    return undefined
  }
}

/** The key of a certificate if it is strong enough for a chain, else why not. */
export function acceptKey(owner: Certificate): AcceptedKey | PathFailure {
  try {
    return checkChainKey(owner.publicKey)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    return failure('ALGORITHM_WEAK', `the key of ${describe(owner)}: ${error.message}`)
  }
}
