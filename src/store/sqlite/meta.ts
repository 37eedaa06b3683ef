import type { Database } from 'better-sqlite3'
import { type MetaStore, StoreError } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import type { AppendAudit } from './audit.ts'
import { millisecondsOf } from './rows.ts'

interface MetaRow {
  readonly trust_domain: string
  readonly scope_extension_oid: string
  readonly created_at: number
}

/** The writing side. */
export function createMetaWrites(
  database: Database,
  appendAudit: AppendAudit,
): Synchronous<Pick<MetaStore, 'create'>> {
  const insert = database.prepare('INSERT INTO meta VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING')
  return {
    create: (meta, audit) => {
      const { changes } = insert.run(meta.trustDomain, meta.scopeExtensionOid, millisecondsOf(meta.createdAt))
      if (changes === 0) throw new StoreError('the store is already initialized')
      appendAudit(audit)
    },
  }
}

/** The reading side. */
export function createMetaReads(database: Database): Synchronous<Pick<MetaStore, 'get'>> {
  const select = database.prepare<[], MetaRow>('SELECT * FROM meta')
  return {
    get: () => {
      const row = select.get()
      return (
        row && {
          trustDomain: row.trust_domain,
          scopeExtensionOid: row.scope_extension_oid,
          createdAt: new Date(row.created_at),
        }
      )
    },
  }
}
