import type { Database } from 'better-sqlite3'
import { AUDIT_CHAIN_START, type ChainPosition, hashAuditEntry } from '../../core/audit-chain.ts'
import type { AuditEntry, AuditStore } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import { type AuditRow, auditRecordOf, bytesOf, millisecondsOf } from './rows.ts'

/** Appends an entry to the chain, inside the transaction of the write that it accompanies. */
export type AppendAudit = (entry: AuditEntry) => void

/** The writing side. */
export function createAppendAudit(database: Database): AppendAudit {
  // The head is read each time, not remembered: another process may have appended, or a savepoint been undone.
  const selectHead = database.prepare<[], Pick<AuditRow, 'sequence' | 'hash'>>(
    'SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1',
  )
  const insert = database.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  return (entry) => {
    const head = positionOf(selectHead.get())
    const sequence = head.sequence + 1n
    const { at, actor, action, subject, details } = entry
    insert.run(
      sequence,
      millisecondsOf(at),
      actor,
      action,
      subject,
      JSON.stringify(details),
      head.hash,
      hashAuditEntry(head.hash, sequence, entry),
    )
  }
}

/** The reading side. */
export function createAuditReads(database: Database): Synchronous<Pick<AuditStore, 'list'>> {
  const select = database.prepare<[bigint, number], AuditRow>(
    'SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?',
  )
  return {
    list: ({ afterSequence, limit }) => select.all(afterSequence, limit).map(auditRecordOf),
  }
}

function positionOf(row: Pick<AuditRow, 'sequence' | 'hash'> | undefined): ChainPosition {
  if (row === undefined) return AUDIT_CHAIN_START
  return { sequence: BigInt(row.sequence), hash: bytesOf(row.hash) }
}
