import { openAuthorities } from '../authority/issuing-authority.ts'
import { createFileKeyStore } from '../signer/file-key-store.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { StoreError } from '../store/store.ts'
import type { OpenedAuthority } from './authority-at-work.ts'
import { dataFolder } from './data-folder.ts'

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
