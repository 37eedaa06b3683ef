import type { Database } from 'better-sqlite3'
import { type CertificateRecord, type CertificateStore, type IdempotencyClaim, StoreError } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import type { AppendAudit } from './audit.ts'
import {
  type CertificateRow,
  type ClientRow,
  type RevocationRow,
  SELECT_CERTIFICATE,
  bytesOf,
  certificateOf,
  millisecondsOf,
  revocationOf,
} from './rows.ts'

/** Expired idempotency keys removed with each new one: more than come in, so that they cannot pile up. */
const EXPIRED_KEYS_PER_INSERT = 2

type ClaimRow = CertificateRow & { readonly request_digest: Buffer }

/** The writing side, without `revoke`. */
export function createCertificateWrites(
  database: Database,
  appendAudit: AppendAudit,
): Synchronous<Pick<CertificateStore, 'insert'>> {
  const findClaim = createFindClaim(database)
  const insertRecord = createInsertRecord(database)
  const selectClient = database.prepare<[string], Pick<ClientRow, 'state' | 'version'>>(
    'SELECT state, version FROM clients WHERE client_id = ?',
  )
  const insertClaim = database.prepare('INSERT OR REPLACE INTO idempotency_keys VALUES (?, ?, ?, ?, ?)')
  const removeExpired = database.prepare(`
    DELETE FROM idempotency_keys WHERE (caller_id, key) IN (
      SELECT caller_id, key FROM idempotency_keys WHERE expires_at < ?
      ORDER BY expires_at LIMIT ${EXPIRED_KEYS_PER_INSERT})`)

  function claimKey(claim: IdempotencyClaim, certificateId: number | bigint, at: Date): void {
    removeExpired.run(millisecondsOf(at))
    insertClaim.run(
      claim.callerId,
      claim.key,
      claim.requestDigest,
      certificateId,
      millisecondsOf(claim.expiresAt),
    )
  }

  return {
    insert: (certificate, { clientVersion, idempotency }, audit) => {
      const { issuedAt, clientId, revocation } = certificate
      const claim = idempotency && findClaim(idempotency.callerId, idempotency.key, issuedAt)
      if (idempotency !== undefined && claim !== undefined) {
        const isSameRequest = Buffer.compare(claim.requestDigest, idempotency.requestDigest) === 0
        return isSameRequest
          ? { outcome: 'replayed', certificate: claim.certificate }
          : { outcome: 'key_reused' }
      }
      const client = selectClient.get(clientId)
      if (client?.state !== 'active' || client.version !== clientVersion) return { outcome: 'client_changed' }
      if (revocation !== undefined) throw new StoreError('a certificate is not inserted revoked')
      const id = insertRecord(certificate)
      if (idempotency !== undefined) claimKey(idempotency, id, issuedAt)
      appendAudit(audit)
      return { outcome: 'inserted' }
    },
  }
}

/** The reading side, without `list`. */
export function createCertificateReads(
  database: Database,
): Synchronous<Pick<CertificateStore, 'findIdempotent' | 'get' | 'status'>> {
  const select = database.prepare<[string, string], CertificateRow>(
    `${SELECT_CERTIFICATE} WHERE c.authority_id = ? AND c.serial_number = ?`,
  )
  const selectStatus = database.prepare<[string, string], StatusRow>(`
    SELECT c.certificate_sha256, k.state AS client_state, r.crl_number, r.revoked_at, r.reason, r.invalidity_date
    FROM certificates c
    LEFT JOIN clients k ON k.client_id = c.client_id
    LEFT JOIN revocations r ON r.authority_id = c.authority_id AND r.serial_number = c.serial_number
    WHERE c.authority_id = ? AND c.serial_number = ?`)
  return {
    findIdempotent: createFindClaim(database),
    get: (authorityId, serialNumber) => {
      const row = select.get(authorityId, serialNumber)
      return row && certificateOf(row)
    },
    status: (authorityId, serialNumber) => {
      const row = selectStatus.get(authorityId, serialNumber)
      return (
        row && {
          revocation: revocationOf(row),
          clientState: row.client_state ?? 'missing',
          certificateSha256: bytesOf(row.certificate_sha256),
        }
      )
    },
  }
}

interface StatusRow extends RevocationRow {
  readonly certificate_sha256: Buffer
  readonly client_state: 'active' | 'locked' | null
}

function createFindClaim(database: Database): Synchronous<CertificateStore>['findIdempotent'] {
  const select = database.prepare<[string, string, number], ClaimRow>(`
    SELECT c.*, r.crl_number, r.revoked_at, r.reason, r.invalidity_date, k.request_digest
    FROM idempotency_keys k
    JOIN certificates c ON c.id = k.certificate_id
    LEFT JOIN revocations r ON r.authority_id = c.authority_id AND r.serial_number = c.serial_number
    WHERE k.caller_id = ? AND k.key = ? AND k.expires_at >= ?`)
  return (callerId, key, at) => {
    const row = select.get(callerId, key, millisecondsOf(at))
    return row && { requestDigest: bytesOf(row.request_digest), certificate: certificateOf(row) }
  }
}

function createInsertRecord(database: Database): (certificate: CertificateRecord) => number | bigint {
  const insert = database.prepare(
    'INSERT INTO certificates VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const insertScope = database.prepare('INSERT INTO certificate_scopes VALUES (?, ?, ?)')
  return (certificate) => {
    const notAfter = millisecondsOf(certificate.notAfter)
    const { lastInsertRowid: id } = insert.run(
      certificate.authorityId,
      certificate.serialNumber,
      certificate.clientId,
      certificate.profile,
      JSON.stringify(certificate.scopes),
      millisecondsOf(certificate.notBefore),
      notAfter,
      certificate.der,
      certificate.certificateSha256,
      certificate.publicKeySha256,
      millisecondsOf(certificate.issuedAt),
      certificate.replacesSerialNumber ?? null,
    )
    for (const scope of certificate.scopes) insertScope.run(scope, id, notAfter)
    return id
  }
}
