import { type VerifiedEdges, edgeKey } from '../x509/path/verify-edge.ts'
import type { Certificate } from '../x509/types.ts'

/**
 * Remembers which signatures among the certificates of one bundle are good, so that a client's certificate that was never seen costs one signature check
 * instead of one for each certificate of its path. Signatures on anything else are not remembered: of those, strangers could make as many as
 * they like.
 */
export function createBundleEdges(certificates: readonly Certificate[]): VerifiedEdges {
  const ours = new Set(
    certificates.flatMap((issuer) => certificates.map((signed) => edgeKey(signed, issuer))),
  )
  const good = new Set<string>()
  return {
    has: (key) => good.has(key),
    add: (key) => {
      if (ours.has(key)) good.add(key)
    },
  }
}
