import { existsSync } from 'node:fs'
import { checkInitialize, initialize as initializeStore } from '../authority/initialize.ts'
import type { IssuedCertificate } from '../authority/issue-certificate.ts'
import { restoreAdmin } from '../authority/restore-admin.ts'
import { issueAdminCertificate } from '../authority/service-certificate.ts'
import { OID } from '../core/asn1/oids.ts'
import { DEFAULT_BACKDATE_SECONDS, DEFAULT_CERTIFICATES_PER_CLIENT } from '../core/limits.ts'
import { createFileKeyStore } from '../signer/file-key-store.ts'
import type { KeyType } from '../signer/signer.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { type Store, StoreError } from '../store/store.ts'
import { dataFolder } from './data-folder.ts'
import { openAuthority } from './open-authority.ts'
import { systemClock, systemRandom } from './system-ports.ts'
import { uncounted } from './uncounted.ts'

export interface InitializeOptions {
  readonly dataDir: string
  readonly trustDomain: string
  /** Dotted. Default: one of the arc that RFC 5612 reserves for examples. */
  readonly scopeExtensionOid?: string
  /** Of both authorities. Default: P-256. */
  readonly keyType?: KeyType
  /** Encrypts the authorities' keys. */
  readonly passphrase?: string | undefined
  /** Base URL of the public artefacts; goes into the issuing authority's certificate. */
  readonly publicUrl?: string | undefined
  readonly ocspInCertificates?: 'on' | 'off'
}

/**
 * Makes a new authority in a folder: database, keys, root and issuing CA with their first lists, the first clients.
 *
 * @throws StoreError if there is one already
 */
export async function initialize(
  options: InitializeOptions,
): Promise<{ authorities: { id: string; role: 'root' | 'issuing' }[] }> {
  const folder = dataFolder(options.dataDir)
  const request = checkInitialize({
    trustDomain: options.trustDomain,
    scopeExtensionOid: options.scopeExtensionOid ?? OID.scopeExtension,
    keyType: options.keyType ?? 'p256',
    adminScopes: [],
  })
  const isThere = existsSync(folder.database)
  const store = await openSqliteStore({ path: folder.database, mustExist: false })
  try {
    if (isThere) throw await refuseSecond(store, options.dataDir)
    await initializeStore(
      {
        store,
        keys: createFileKeyStore({ directory: folder.keys, passphrase: options.passphrase }),
        clock: systemClock,
        random: systemRandom,
        settings: { publicUrl: options.publicUrl, ocspInCertificates: options.ocspInCertificates ?? 'on' },
      },
      request,
    )
    return { authorities: (await store.authorities.list()).map(({ id, role }) => ({ id, role })) }
  } finally {
    await store.close()
  }
}

/** An authority that is whole is never touched; what a crash left of one is for a person to remove, because it holds keys. */
async function refuseSecond(store: Pick<Store, 'meta'>, dataDir: string): Promise<StoreError> {
  if ((await store.meta.get()) === undefined) {
    const { database, keys } = dataFolder(dataDir)
    return new StoreError(
      `An earlier \`chancery init\` in ${dataDir} was cut off, and what it left is no authority: it has issued nothing. \
Remove ${database}* and ${keys}, then run it again.`,
    )
  }
  return new StoreError(
    `${dataDir} holds an authority already. Choose another folder, or use the one that is there; \
\`chancery init --data ${dataDir} --renew-admin\` makes its administrator a new identity.`,
  )
}

/** What goes into the admin's identity folder, besides the key that made the CSR. */
export interface AdminIdentity {
  readonly certificate: IssuedCertificate
  readonly rootDer: Uint8Array
}

/**
 * Issues a certificate to the admin client straight from the data folder. Whoever can read that folder holds the CA's keys, so this
 * grants nothing new; it is the way in at `init`, and the way back when the admin's certificate has run out, or the admin was locked or lost
 * its rights.
 *
 * @throws StoreError, SignerError, DomainError
 */
export async function issueAdminIdentity(options: {
  readonly dataDir: string
  readonly passphrase?: string | undefined
  readonly publicUrl?: string | undefined
  readonly ocspInCertificates?: 'on' | 'off'
  readonly csrDer: Uint8Array
}): Promise<AdminIdentity> {
  const { store, authorities, meta } = await openAuthority(options.dataDir, options.passphrase)
  try {
    await restoreAdmin({ store, clock: systemClock })
    const certificate = await issueAdminCertificate(
      {
        store,
        authorities,
        meta,
        // The number of the current list is of no use to someone who has not connected yet.
        feed: { current: () => undefined },
        clock: systemClock,
        random: systemRandom,
        metrics: uncounted,
        settings: {
          publicUrl: options.publicUrl,
          ocspInCertificates: options.ocspInCertificates ?? 'on',
          // Shards are for `serve` to take into use; the whole list covers every certificate.
          crlShards: 0,
          serverNames: [],
          backdateSeconds: DEFAULT_BACKDATE_SECONDS,
          maxCertificatesPerClient: DEFAULT_CERTIFICATES_PER_CLIENT,
        },
      },
      options.csrDer,
    )
    return { certificate, rootDer: authorities.root.certificate.der }
  } finally {
    await store.close()
  }
}
