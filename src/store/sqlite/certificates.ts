import type { Database } from 'better-sqlite3'
import {
  type CertificateRecord,
  type CertificateStore,
  type IdempotencyClaim,
  type RevocationRecord,
  StoreError,
} from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import type { AppendAudit } from './audit.ts'
import { createCountLive, type LiveCertificates } from './live-certificates.ts'
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

/** Claims between two clearings of expired idempotency keys, and keys per clearing: more go than come, so that none pile up. */
const CLAIMS_PER_CLEARING = 64
const KEYS_PER_CLEARING = 128

interface ClaimRow {
  readonly request_digest: Buffer
  readonly certificate_id: number
}

/** The writing side, without `revoke`. */
export function createCertificateWrites(
  database: Database,
  appendAudit: AppendAudit,
  live: LiveCertificates,
): Synchronous<Pick<CertificateStore, 'insert'>> {
  const findClaim = createFindClaim(database)
  const insertRecord = createInsertRecord(database)
  const selectClient = database.prepare<[string], Pick<ClientRow, 'state' | 'version'>>(
    'SELECT state, version FROM clients WHERE client_id = ?',
  )
  const isKeyCompromised = createIsKeyCompromised(database)
  const insertClaim = database.prepare('INSERT OR REPLACE INTO idempotency_keys VALUES (?, ?, ?, ?, ?)')
  const removeExpired = database.prepare(`
    DELETE FROM idempotency_keys WHERE (caller_id, key) IN (
      SELECT caller_id, key FROM idempotency_keys WHERE expires_at < ?
      ORDER BY expires_at LIMIT ${KEYS_PER_CLEARING})`)
  let claims = 0

  function claimKey(claim: IdempotencyClaim, certificateId: number | bigint, at: Date): void {
    if (claims++ % CLAIMS_PER_CLEARING === 0) removeExpired.run(millisecondsOf(at))
    insertClaim.run(
      claim.callerId,
      claim.key,
      claim.requestDigest,
      certificateId,
      millisecondsOf(claim.expiresAt),
    )
  }

  return {
    insert: (certificate, { clientVersion, maxOfClient, idempotency }, audit) => {
      const { issuedAt, notAfter, clientId, revocation } = certificate
      const claim = idempotency && findClaim(idempotency.callerId, idempotency.key, issuedAt)
      if (idempotency !== undefined && claim !== undefined) {
        const isSameRequest = Buffer.compare(claim.requestDigest, idempotency.requestDigest) === 0
        return isSameRequest
          ? { outcome: 'replayed', certificate: claim.certificate }
          : { outcome: 'key_reused' }
      }
      const client = selectClient.get(clientId)
      if (client?.state !== 'active' || client.version !== clientVersion) return { outcome: 'client_changed' }
      if (isKeyCompromised(certificate.publicKeySha256)) return { outcome: 'key_compromised' }
      if (maxOfClient !== undefined && live.isFull(clientId, maxOfClient, millisecondsOf(issuedAt)))
        return { outcome: 'too_many' }
      if (revocation !== undefined) throw new StoreError('a certificate is not inserted revoked')
      const id = insertRecord(certificate)
      live.add(clientId, millisecondsOf(notAfter))
      if (idempotency !== undefined) claimKey(idempotency, id, issuedAt)
      appendAudit(audit)
      return { outcome: 'inserted' }
    },
  }
}

/** The reading side, without `list`. */
export function createCertificateReads(
  database: Database,
): Synchronous<
  Pick<
    CertificateStore,
    'countLive' | 'findBySha256' | 'findIdempotent' | 'get' | 'isKeyCompromised' | 'status'
  >
> {
  const select = database.prepare<[string, string], CertificateRow>(
    `${SELECT_CERTIFICATE} WHERE c.authority_id = ? AND c.serial_number = ?`,
  )
  const selectBySha256 = database.prepare<[Uint8Array], CertificateRow>(
    `${SELECT_CERTIFICATE} WHERE c.certificate_sha256 = ?`,
  )
  // Subqueries, since a join takes five times as long here; one statement all the same, so that it reads one moment.
  const selectStatus = database.prepare<[string, string], StatusRow>(`
    SELECT certificate_sha256,
      (SELECT state FROM clients k WHERE k.client_id = c.client_id) AS client_state,
      (SELECT json_array(crl_number, revoked_at, reason, invalidity_date) FROM revocations r
        WHERE r.authority_id = c.authority_id AND r.serial_number = c.serial_number) AS revocation
    FROM certificates c WHERE authority_id = ? AND serial_number = ?`)
  const countLive = createCountLive(database)
  return {
    countLive: (clientId, at) => countLive(clientId, millisecondsOf(at)).live,
    findIdempotent: createFindClaim(database),
    isKeyCompromised: createIsKeyCompromised(database),
    get: (authorityId, serialNumber) => {
      const row = select.get(authorityId, serialNumber)
      return row && certificateOf(row)
    },
    findBySha256: (certificateSha256) => {
      const row = selectBySha256.get(certificateSha256)
      return row && certificateOf(row)
    },
    status: (authorityId, serialNumber) => {
      const row = selectStatus.get(authorityId, serialNumber)
      return (
        row && {
          revocation: row.revocation === null ? undefined : unpackRevocation(row.revocation),
          clientState: row.client_state ?? 'missing',
          certificateSha256: bytesOf(row.certificate_sha256),
        }
      )
    },
  }
}

/** The `isKeyCompromised` of the contract. */
export function createIsKeyCompromised(
  database: Database,
): Synchronous<CertificateStore>['isKeyCompromised'] {
  const select = database.prepare<[Uint8Array], 1>(
    'SELECT 1 FROM compromised_keys WHERE public_key_sha256 = ?',
  )
  return (publicKeySha256) => select.get(publicKeySha256) !== undefined
}

interface StatusRow {
  readonly certificate_sha256: Buffer
  readonly client_state: 'active' | 'locked' | null
  readonly revocation: string | null
}

type PackedRevocation = [
  RevocationRow['crl_number'],
  RevocationRow['revoked_at'],
  RevocationRow['reason'],
  RevocationRow['invalidity_date'],
]

function unpackRevocation(json: string): RevocationRecord | undefined {
  const [crl_number, revoked_at, reason, invalidity_date] = JSON.parse(json) as PackedRevocation
  return revocationOf({ crl_number, revoked_at, reason, invalidity_date })
}

function createFindClaim(database: Database): Synchronous<CertificateStore>['findIdempotent'] {
  // Two steps, since nearly every key is new: the first finds nothing, and is fast because it is no join.
  const selectClaim = database.prepare<[string, string, number], ClaimRow>(
    'SELECT request_digest, certificate_id FROM idempotency_keys WHERE caller_id = ? AND key = ? AND expires_at >= ?',
  )
  const selectCertificate = database.prepare<[number], CertificateRow>(`${SELECT_CERTIFICATE} WHERE c.id = ?`)
  return (callerId, key, at) => {
    const claim = selectClaim.get(callerId, key, millisecondsOf(at))
    if (claim === undefined) return undefined
    const certificate = certificateOf(selectCertificate.get(claim.certificate_id)!)
    return { requestDigest: bytesOf(claim.request_digest), certificate }
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
