import type { Database } from 'better-sqlite3'
import { type CrlRecord, type CrlStore, StoreError } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import { type CrlRow, millisecondsOf } from './rows.ts'

/** The writing side. */
export function createCrlWrites(database: Database): Synchronous<
  Pick<CrlStore, 'reserveNumber' | 'skipTo' | 'startOver'>
> & {
  publish: (crl: Omit<CrlRecord, 'der'>) => void
} {
  const takeNumber = database
    .prepare<[string], number>(
      'UPDATE authorities SET next_crl_number = next_crl_number + 1 WHERE id = ? RETURNING next_crl_number - 1',
    )
    .pluck()
  const replace = database.prepare(`
    INSERT INTO crls VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (authority_id) DO UPDATE SET crl_number = excluded.crl_number, this_update = excluded.this_update,
      next_update = excluded.next_update, entry_count = excluded.entry_count, sha256 = excluded.sha256
    WHERE excluded.crl_number > crls.crl_number`)
  const selectStored = database
    .prepare<[string], number>('SELECT crl_number FROM crls WHERE authority_id = ?')
    .pluck()
  const noteGap = database.prepare<Record<string, string | bigint>>(`
    INSERT INTO crl_number_gaps
    SELECT id, next_crl_number, :crlNumber FROM authorities WHERE id = :authorityId AND next_crl_number < :crlNumber`)
  const raise = database.prepare<Record<string, string | bigint>>(`
    UPDATE authorities SET next_crl_number = max(next_crl_number, :crlNumber) WHERE id = :authorityId`)
  const raiseBase = database.prepare<[string]>(
    'UPDATE authorities SET first_delta_base = next_crl_number WHERE id = ?',
  )
  return {
    startOver: (authorityId) => {
      if (raiseBase.run(authorityId).changes === 0) throw unknownAuthority(authorityId)
    },
    skipTo: (authorityId, crlNumber) => {
      noteGap.run({ authorityId, crlNumber })
      const { changes } = raise.run({ authorityId, crlNumber })
      if (changes === 0) throw unknownAuthority(authorityId)
    },
    reserveNumber: (authorityId) => {
      const crlNumber = takeNumber.get(authorityId)
      if (crlNumber === undefined) throw unknownAuthority(authorityId)
      return BigInt(crlNumber)
    },
    publish: ({ authorityId, crlNumber, thisUpdate, nextUpdate, entryCount, sha256 }) => {
      const { changes } = replace.run(
        authorityId,
        crlNumber,
        millisecondsOf(thisUpdate),
        millisecondsOf(nextUpdate),
        entryCount,
        sha256,
      )
      if (changes === 0 && selectStored.get(authorityId) === Number(crlNumber))
        throw new StoreError(`CRL ${crlNumber} of "${authorityId}" was published before`)
    },
  }
}

/** The reading side. */
export function createCrlReads(database: Database) {
  const selectNext = database
    .prepare<[string], number>('SELECT next_crl_number FROM authorities WHERE id = ?')
    .pluck()
  const isSkipped = database
    .prepare<Record<string, string | bigint>, 0 | 1>(
      `SELECT EXISTS (SELECT 1 FROM crl_number_gaps
      WHERE authority_id = :authorityId AND first <= :crlNumber AND next > :crlNumber)`,
    )
    .pluck()
  const selectUnpublished = database
    .prepare<[string], 0 | 1>(
      `SELECT EXISTS (SELECT 1 FROM revocations r WHERE r.authority_id = a.id AND r.crl_number > a.published)
        OR EXISTS (SELECT 1 FROM ended_revocations e WHERE e.authority_id = a.id AND e.ended_number > a.published)
      FROM (SELECT id, coalesce((SELECT crl_number FROM crls p WHERE p.authority_id = id), 0) AS published
        FROM authorities WHERE id = ?) a`,
    )
    .pluck()
  const selectChanged = database
    .prepare<Record<string, string | bigint>, 0 | 1>(
      `SELECT EXISTS (SELECT 1 FROM revocations WHERE authority_id = :authorityId AND crl_number > :crlNumber)
        OR EXISTS (SELECT 1 FROM ended_revocations WHERE authority_id = :authorityId AND ended_number > :crlNumber)`,
    )
    .pluck()
  const selectNth = database.prepare<[string, number], 1>(
    'SELECT 1 FROM revocations WHERE authority_id = ? LIMIT 1 OFFSET ?',
  )
  const selectLatest = database.prepare<[string], CrlRow>('SELECT * FROM crls WHERE authority_id = ?')
  return {
    nextNumber: (authorityId: string): bigint => {
      const crlNumber = selectNext.get(authorityId)
      if (crlNumber === undefined) throw unknownAuthority(authorityId)
      return BigInt(crlNumber)
    },
    wasGiven: (authorityId: string, crlNumber: bigint): boolean => {
      const next = selectNext.get(authorityId)
      if (next === undefined) throw unknownAuthority(authorityId)
      return crlNumber >= 1n && crlNumber < BigInt(next) && isSkipped.get({ authorityId, crlNumber }) === 0
    },
    hasUnpublished: (authorityId: string): boolean => {
      const isUnpublished = selectUnpublished.get(authorityId)
      if (isUnpublished === undefined) throw unknownAuthority(authorityId)
      return isUnpublished === 1
    },
    hasChanged: (authorityId: string, crlNumber: bigint) =>
      selectChanged.get({ authorityId, crlNumber }) === 1,
    hasRevocations: (authorityId: string, count: number) =>
      selectNth.get(authorityId, count - 1) !== undefined,
    /** What is stored of the newest list besides itself. */
    latest: (authorityId: string) => selectLatest.get(authorityId),
  }
}

function unknownAuthority(authorityId: string): StoreError {
  return new StoreError(`no authority "${authorityId}" in the store: create it first`)
}
