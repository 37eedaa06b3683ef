import type { Database } from 'better-sqlite3'
import { type AuthorityStore, StoreError } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import type { AppendAudit } from './audit.ts'
import { type AuthorityRow, authorityOf, millisecondsOf } from './rows.ts'

/** The writing side. */
export function createAuthorityWrites(
  database: Database,
  appendAudit: AppendAudit,
): Synchronous<Pick<AuthorityStore, 'create'>> {
  const insert = database.prepare(`
    INSERT INTO authorities (id, role, certificate_der, key_name, created_at, next_crl_number)
    VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT DO NOTHING`)
  const raiseSequence = database.prepare(
    `UPDATE counters SET value = value + 1 WHERE name = 'bundle_sequence'`,
  )
  return {
    create: ({ id, role, certificateDer, keyName, createdAt }, audit) => {
      const { changes } = insert.run(id, role, certificateDer, keyName, millisecondsOf(createdAt))
      if (changes === 0) throw new StoreError(`there is an authority "${id}" already: choose another id`)
      raiseSequence.run()
      appendAudit(audit)
    },
  }
}

/** The reading side. */
export function createAuthorityReads(database: Database): Synchronous<Omit<AuthorityStore, 'create'>> {
  const select = database.prepare<[string], AuthorityRow>('SELECT * FROM authorities WHERE id = ?')
  const selectAll = database.prepare<[], AuthorityRow>(
    `SELECT * FROM authorities ORDER BY role = 'root' DESC, position`,
  )
  const selectSequence = database
    .prepare<[], number>(`SELECT value FROM counters WHERE name = 'bundle_sequence'`)
    .pluck()
  return {
    get: (id) => {
      const row = select.get(id)
      return row && authorityOf(row)
    },
    list: () => selectAll.all().map(authorityOf),
    bundleSequence: () => BigInt(selectSequence.get()!),
  }
}
