import type { Database } from 'better-sqlite3'
import type { CrlReason } from '../../core/x509/types.ts'
import type { CertificateRow } from './rows.ts'

/**
 * How many certificates of each client are live: neither expired nor revoked for good. Kept as a count, since to count 10,000 rows takes longer than to issue a
 * certificate. What expires leaves it only when the count seems to reach the bound, which is also how many rows that can take: each certificate is looked at twice in its life,
 * whatever the number of its kind.
 */
export interface LiveCertificates {
  /** True if a client has `max` live certificates at an instant, in milliseconds. If the clock was set back, those that expired before are not live again. */
  isFull(clientId: string, max: number, at: number): boolean
  /** Notes that one was issued. */
  add(clientId: string, notAfter: number): void
  /** Notes that one was revoked, for its first reason or another. A hold is not for good. */
  revoked(row: CertificateRow, reason: CrlReason): void
}

const HELD = 'certificateHold' satisfies CrlReason

/** For use inside a transaction that writes. */
export function createLiveCertificates(database: Database): LiveCertificates {
  const countLive = createCountLive(database)
  const selectKept = database
    .prepare<[string], number>('SELECT live FROM live_certificates WHERE client_id = ?')
    .pluck()
  const store = database.prepare('INSERT OR REPLACE INTO live_certificates VALUES (?, ?, ?)')
  const change = database.prepare(
    'UPDATE live_certificates SET live = live + ? WHERE client_id = ? AND counted_at <= ?',
  )
  return {
    isFull(clientId, max, at) {
      const atMost = selectKept.get(clientId)
      if (atMost !== undefined && atMost < max) return false
      const { live, isKept } = countLive(clientId, at)
      if (!isKept) store.run(clientId, at, live)
      return live >= max
    },
    add: (clientId, notAfter) => {
      change.run(1, clientId, notAfter)
    },
    revoked: (row, reason) => {
      const wasLive = row.reason === null || row.reason === HELD
      if (wasLive && reason !== HELD) change.run(-1, row.client_id, row.not_after)
    },
  }
}

/** The `countLive` of the contract, which leaves the count as it is kept; `isKept` if it is that of the instant. */
export function createCountLive(
  database: Database,
): (clientId: string, at: number) => { readonly live: number; readonly isKept: boolean } {
  const select = database.prepare<[string], { counted_at: number; live: number }>(
    'SELECT counted_at, live FROM live_certificates WHERE client_id = ?',
  )
  const countBetween = database
    .prepare<Record<string, string | number>, number>(
      `SELECT count(*) FROM certificates c
      LEFT JOIN revocations r ON r.authority_id = c.authority_id AND r.serial_number = c.serial_number
      WHERE c.client_id = :clientId AND c.not_after >= :from AND c.not_after < :to
        AND (r.reason IS NULL OR r.reason = '${HELD}')`,
    )
    .pluck()
  return (clientId, at) => {
    const known = select.get(clientId)
    if (known === undefined) {
      const live = countBetween.get({ clientId, from: at, to: Number.MAX_SAFE_INTEGER })!
      return { live, isKept: false }
    }
    if (known.counted_at >= at) return { live: known.live, isKept: true }
    const expired = countBetween.get({ clientId, from: known.counted_at, to: at })!
    return { live: known.live - expired, isKept: false }
  }
}
