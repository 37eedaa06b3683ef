import { type Authorities, openAuthorities } from '../authority/issuing-authority.ts'
import { createFileKeyStore } from '../signer/file-key-store.ts'
import type { KeyStore } from '../signer/signer.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { type Meta, type Store, StoreError } from '../store/store.ts'
import { dataFolder } from './data-folder.ts'

/** An authority as it lies on disk, opened. */
export interface OpenedAuthority {
  readonly store: Store
  readonly authorities: Authorities
  readonly meta: Meta
  /** Where the authorities' keys came from. */
  readonly keys: KeyStore
}

/**
 * Opens the authority in a data folder.
 *
 * @throws StoreError, SignerError
 */
export async function openAuthority(
  dataDir: string,
  passphrase: string | undefined,
): Promise<OpenedAuthority> {
  const folder = dataFolder(dataDir)
  const store = await openSqliteStore({ path: folder.database, mustExist: true })
  try {
    const meta = await store.meta.get()
    if (meta === undefined)
      throw new StoreError(`${dataDir} was not initialized. Run \`chancery init --data ${dataDir}\`.`)
    const keys = createFileKeyStore({ directory: folder.keys, passphrase })
    return { store, authorities: await openAuthorities(store, keys), meta, keys }
  } catch (error) {
    await store.close()
    throw error
  }
}
