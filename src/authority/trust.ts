import type { CertificateCache } from '../core/decision/certificate-cache.ts'
import { type TrustBundle, createTrustBundle } from '../core/decision/trust-bundle.ts'
import { parseCertificate } from '../core/x509/certificate.ts'
import { type Store, StoreError } from '../store/store.ts'

/** The service's own trust bundle, kept current. */
export interface Trust {
  /** The bundle as of the last load; compare by identity to see a change. */
  current(): TrustBundle
  /** Loads the authorities again if their set changed, and forgets certificates that were verified under the old one. */
  refresh(): Promise<void>
}

/**
 * Loads the bundle. Rejects if the store was not initialised: without a root there is nothing to trust.
 *
 * @throws {@link StoreError}
 */
export async function loadTrust(
  store: Pick<Store, 'authorities' | 'meta'>,
  cache: CertificateCache,
): Promise<Trust> {
  let loaded = await load(store)
  return {
    current: () => loaded.bundle,
    async refresh() {
      if ((await store.authorities.bundleSequence()) === loaded.sequence) return
      loaded = await load(store)
      cache.clear()
    },
  }
}

async function load(
  store: Pick<Store, 'authorities' | 'meta'>,
): Promise<{ bundle: TrustBundle; sequence: bigint }> {
  // The number first: a change in between is then loaded twice, never missed.
  const sequence = await store.authorities.bundleSequence()
  const meta = await store.meta.get()
  const records = await store.authorities.list()
  if (!meta || !records.some(({ role }) => role === 'root')) {
    throw new StoreError('The store holds no root authority. Run `chancery init` first.')
  }
  const authorities = records.map(({ id, role, certificateDer }) => ({
    id,
    role,
    certificate: parseCertificate(certificateDer),
  }))
  return { bundle: createTrustBundle({ ...meta, authorities }), sequence }
}
