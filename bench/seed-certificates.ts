import SqliteDatabase from 'better-sqlite3'
import { ISSUING_ID } from '../src/authority/initialize.ts'

const SLICE = 100_000
const VALID_MS = 30 * 24 * 60 * 60 * 1000

/** Certificates that exist in the inventory only: nobody could use one, but all of them can be revoked. */
export interface SeededCertificates {
  readonly clientId: string
  readonly count: number
  readonly isRevoked: boolean
}

const INSERT = `
  WITH RECURSIVE slice(i) AS (SELECT :from UNION ALL SELECT i + 1 FROM slice WHERE i + 1 < :to)
  INSERT INTO certificates (authority_id, serial_number, client_id, profile, scopes, not_before, not_after, der,
    certificate_sha256, public_key_sha256, issued_at, replaces_serial_number)
  SELECT :authorityId, '5' || lower(substr(hex(randomblob(16)), 2)), :clientId, 'client', '[]', :now, :notAfter, x'3000',
    randomblob(32), unhex(printf('%064x', i)), :now, NULL FROM slice`

const REVOKE = `
  INSERT INTO revocations
  SELECT c.authority_id, c.serial_number, a.next_crl_number, :now, 'superseded', NULL, c.not_after, 0
  FROM certificates c JOIN authorities a ON a.id = c.authority_id
  WHERE c.client_id = :clientId ORDER BY c.serial_number`

/** Puts certificates into the database of a service that does not run: a million issued one by one would take an hour. */
export function seedCertificates(path: string, seeded: readonly SeededCertificates[]): void {
  const database = new SqliteDatabase(path)
  database.pragma('synchronous = OFF')
  database.pragma('cache_size = -262144')
  for (const { clientId, count, isRevoked } of seeded) {
    const now = Date.now()
    const insert = database.prepare(INSERT)
    for (let from = 0; from < count; from += SLICE) {
      const to = Math.min(count, from + SLICE)
      insert.run({ authorityId: ISSUING_ID, clientId, from, to, now, notAfter: now + VALID_MS })
      if (count > SLICE) process.stderr.write(`${to.toLocaleString('en')} `)
    }
    if (isRevoked) database.prepare(REVOKE).run({ clientId, now })
  }
  database.close()
}

/** Serial numbers of all certificates of a client. */
export function serialNumbersOf(path: string, clientId: string): string[] {
  const database = new SqliteDatabase(path, { readonly: true })
  try {
    return database
      .prepare<[string], string>('SELECT serial_number FROM certificates WHERE client_id = ?')
      .pluck()
      .all(clientId)
  } finally {
    database.close()
  }
}
