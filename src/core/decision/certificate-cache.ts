import type { TrustBundle } from './trust-bundle.ts'
import type { VerifiedPath } from './verified-path.ts'

/**
 * Remembers certificates whose path was verified, so that the next request with one costs a signature check and little else. Only
 * verified paths are stored: strangers cannot push out what clients use. Validity and revocation are judged anew each time.
 */
export interface CertificateCache {
  get(key: string): VerifiedPath | undefined
  set(key: string, path: VerifiedPath): void
  /** Forgets everything; call it when the trust bundle changes. */
  clear(): void
}

/** Makes a cache that forgets what was not used for longest. `maxEntries` of 0 remembers nothing. */
export function createCertificateCache(maxEntries: number): CertificateCache {
  // A Map iterates in order of insertion: the first key is the one not used for longest.
  const entries = new Map<string, VerifiedPath>()
  return {
    get(key) {
      const path = entries.get(key)
      if (path === undefined) return undefined
      entries.delete(key)
      entries.set(key, path)
      return path
    },
    set(key, path) {
      entries.delete(key)
      entries.set(key, path)
      if (entries.size > maxEntries) entries.delete(entries.keys().next().value!)
    },
    clear() {
      entries.clear()
    },
  }
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
