import type { Database } from 'better-sqlite3'
import type { SigningAlgorithm } from '../../core/issuance/signing-algorithm.ts'
import type { TokenKeyStore } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import type { AppendAudit } from './audit.ts'
import { bytesOf, millisecondsOf } from './rows.ts'

interface TokenKeyRow {
  readonly sequence: number
  readonly algorithm: SigningAlgorithm
  readonly public_key_der: Buffer
  readonly created_at: number
  readonly signs_from: number
}

/** The writing side. */
export function createTokenKeyWrites(
  database: Database,
  appendAudit: AppendAudit,
): Synchronous<Omit<TokenKeyStore, 'list'>> {
  const selectNewest = database
    .prepare<[], number>('SELECT COALESCE(MAX(sequence), 0) FROM token_keys')
    .pluck()
  const insert = database.prepare('INSERT INTO token_keys VALUES (?, ?, ?, ?, ?)')
  const remove = database.prepare('DELETE FROM token_keys WHERE sequence < ?')
  return {
    add: ({ sequence, algorithm, publicKeyDer, createdAt, signsFrom }, audit) => {
      if (sequence !== selectNewest.get()! + 1) return 'taken'
      insert.run(sequence, algorithm, publicKeyDer, millisecondsOf(createdAt), millisecondsOf(signsFrom))
      appendAudit(audit)
      return 'added'
    },
    removeBefore: (sequence, audit) => {
      // The newest stays whatever is asked: its number is what the next one is counted from.
      const { changes } = remove.run(Math.min(sequence, selectNewest.get()!))
      if (changes > 0) appendAudit(audit)
      return changes
    },
  }
}

/** The reading side. */
export function createTokenKeyReads(database: Database): Synchronous<Pick<TokenKeyStore, 'list'>> {
  const select = database.prepare<[], TokenKeyRow>('SELECT * FROM token_keys ORDER BY sequence')
  return {
    list: () =>
      select.all().map((row) => ({
        sequence: row.sequence,
        algorithm: row.algorithm,
        publicKeyDer: bytesOf(row.public_key_der),
        createdAt: new Date(row.created_at),
        signsFrom: new Date(row.signs_from),
      })),
  }
}
