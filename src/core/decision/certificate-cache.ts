import { type LruCache, createLruCache } from '../lru-cache.ts'
import type { TrustBundle } from './trust-bundle.ts'
import type { VerifiedPath } from './verified-path.ts'

/**
 * Remembers certificates whose path was verified, so that the next request with one costs a signature check and little else. Only
 * verified paths are stored: strangers cannot push out what clients use. Validity and revocation are judged anew each time.
 */
export type CertificateCache = LruCache<VerifiedPath>

/** Clear it when the trust bundle changes. */
export function createCertificateCache(maxEntries: number): CertificateCache {
  return createLruCache(maxEntries)
}

/** A path that was verified before, if it may be used again. */
export function recallPath(
  cache: CertificateCache,
  key: string,
  trust: TrustBundle,
  at: Date,
): VerifiedPath | undefined {
  const path = cache.get(key)
  return path && isCurrent(path, trust, at) ? path : undefined
}

/**
 * True if the path was verified under this very bundle and is valid at the instant. Outside its validity, path building gets to find
 * another.
 */
export function isCurrent(path: VerifiedPath, trust: TrustBundle, at: Date): boolean {
  return path.trust === trust && at >= path.notBefore && at <= path.notAfter
}
