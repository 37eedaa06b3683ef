import { copyFile, chmod, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AUDIT_CHAIN_START, verifyAuditChain } from '../core/audit-chain.ts'
import { parseCertificate } from '../core/x509/certificate.ts'
import { inspectDatabase } from '../store/sqlite/inspect-database.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import type { CrlRecord, Store } from '../store/store.ts'
import { dataFolder } from './data-folder.ts'

const AUDIT_PAGE = 1000

/**
 * Copies database and keys to a new folder while the service runs. The database is copied as of one instant; keys never change once
 * made. The copy is a secret like the original.
 *
 * @throws StoreError
 */
export async function backupData(options: { dataDir: string; destination: string }): Promise<void> {
  const from = dataFolder(options.dataDir)
  const to = dataFolder(options.destination)
  await withStore(options.dataDir, async (store) => {
    await mkdir(options.destination, { recursive: true, mode: 0o700 })
    await mkdir(to.keys, { mode: 0o700 })
    for (const name of await readdir(from.keys)) {
      await copyFile(join(from.keys, name), join(to.keys, name))
      await chmod(join(to.keys, name), 0o600)
    }
    // Last: a folder with a database is a whole backup.
    await store.backup(to.database)
  })
}

/** Recomputes the hash chain of the audit table, page by page. */
export async function verifyAudit(options: {
  dataDir: string
}): Promise<{ entries: bigint; ok: boolean; firstBrokenSequence?: bigint }> {
  return withStore(options.dataDir, async (store) => {
    let head = AUDIT_CHAIN_START
    for (;;) {
      const page = await store.audit.list({ afterSequence: head.sequence, limit: AUDIT_PAGE })
      if (page.length === 0) return { entries: head.sequence, ok: true }
      const verdict = verifyAuditChain(page, head)
      if (!verdict.intact) {
        return { entries: head.sequence, ok: false, firstBrokenSequence: verdict.brokenSequence }
      }
      head = verdict.head
    }
  })
}

/** What `doctor` looks at. */
export interface DataReport {
  readonly schemaVersion: number
  /** Empty if SQLite finds nothing wrong. */
  readonly integrityProblems: readonly string[]
  readonly authorities: readonly { id: string; notAfter: Date; crl: Omit<CrlRecord, 'der'> | undefined }[]
}

/** @throws StoreError */
export async function inspectData(options: { dataDir: string }): Promise<DataReport> {
  const { schemaVersion, problems } = inspectDatabase(dataFolder(options.dataDir).database)
  const authorities = await withStore(options.dataDir, async (store) =>
    Promise.all(
      (await store.authorities.list()).map(async ({ id, certificateDer }) => ({
        id,
        notAfter: parseCertificate(certificateDer).notAfter,
        crl: await store.crls.latest(id),
      })),
    ),
  )
  return { schemaVersion, integrityProblems: problems, authorities }
}

async function withStore<T>(dataDir: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore({ path: dataFolder(dataDir).database, mustExist: true })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}
