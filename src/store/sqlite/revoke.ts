import type { Database } from 'better-sqlite3'
import { needsCertificate, refuseRevocation, withCertificates } from '../revocation.ts'
import type {
  CertificateRecord,
  CertificateStore,
  RevocationRecord,
  RevokeCommand,
  RevokeTarget,
} from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import type { AppendAudit } from './audit.ts'
import { createEndRevocation } from './end-revocation.ts'
import type { LiveCertificates } from './live-certificates.ts'
import { createNextCrlNumber } from './next-crl-number.ts'
import { type CertificateRow, SELECT_CERTIFICATE, certificateOf, millisecondsOf } from './rows.ts'

/** Why certificates are revoked; `byLock` for a hold that unlocking lifts. */
type Cause = Pick<RevokeCommand, 'reason' | 'invalidityDate' | 'at'> & { readonly byLock?: true }

/**
 * Revokes certificates that are live, or whose revocation the reason replaces; answers with them in their new state. With `dryRun` it answers and
 * changes nothing.
 */
export type Revoke = (rows: readonly CertificateRow[], cause: Cause, dryRun: boolean) => CertificateRecord[]

/** The write that every revocation ends in. */
export function createRevoke(database: Database, live: LiveCertificates): Revoke {
  const insert = database.prepare('INSERT INTO revocations VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  const blockKey = database.prepare('INSERT OR IGNORE INTO compromised_keys VALUES (?)')
  const nextCrlNumber = createNextCrlNumber(database)
  const endRevocation = createEndRevocation(database)

  function store(row: CertificateRow, revocation: RevocationRecord, byLock: boolean): void {
    const { revokedAt, reason, invalidityDate, crlNumber } = revocation
    if (row.crl_number !== null) endRevocation(row, crlNumber)
    insert.run(
      row.authority_id,
      row.serial_number,
      crlNumber,
      millisecondsOf(revokedAt),
      reason,
      invalidityDate === undefined ? null : millisecondsOf(invalidityDate),
      row.not_after,
      byLock ? 1 : 0,
    )
    live.revoked(row, reason)
    if (reason === 'keyCompromise') blockKey.run(row.public_key_sha256)
  }

  return (rows, { reason, invalidityDate, at, byLock = false }, dryRun) =>
    rows.map((row) => {
      const certificate = certificateOf(row)
      const crlNumber = nextCrlNumber(row.authority_id)
      const present = certificate.revocation
      const revocation: RevocationRecord = {
        revokedAt: present?.revokedAt ?? at,
        reason,
        invalidityDate: invalidityDate ?? present?.invalidityDate,
        crlNumber,
      }
      if (!dryRun) store(row, revocation, byLock)
      return { ...certificate, revocation }
    })
}

/** What `:reason` would revoke: the live ones, and those of which `replacesRevocation` says so. */
const DUE = `(r.crl_number IS NULL
  OR (r.reason = 'certificateHold' AND (:reason <> 'certificateHold' OR r.by_lock = 1))
  OR (:reason = 'keyCompromise' AND r.reason <> 'keyCompromise'))`

/** `WHERE` of each kind of target: what it names and has not expired; a serial number also names what has. */
const NAMED = {
  serial: 'c.authority_id = :authorityId AND c.serial_number = :serialNumber',
  client: 'c.client_id = :clientId AND c.not_after >= :at',
  scope: `c.id IN (SELECT certificate_id FROM certificate_scopes WHERE scope = :scope AND not_after >= :at)`,
  public_key: 'c.public_key_sha256 = :publicKeySha256 AND c.not_after >= :at',
} satisfies Record<RevokeTarget['kind'], string>

/** As SQLite's LIMIT says it. */
const NO_LIMIT = -1

/** The certificates of a client that have not expired at `at` and that `reason` would revoke, in issue order. */
export function createSelectDue(
  database: Database,
): (clientId: string, reason: RevokeCommand['reason'], at: Date) => CertificateRow[] {
  const { selectDue } = createTargetStatements(database, NAMED.client)
  return (clientId, reason, at) =>
    selectDue.all({ clientId, reason, at: millisecondsOf(at), limit: NO_LIMIT })
}

/** The `revoke` of the contract. */
export function createRevokeCommand(
  database: Database,
  appendAudit: AppendAudit,
  revoke: Revoke,
): Synchronous<Pick<CertificateStore, 'revoke'>>['revoke'] {
  const statements = {
    serial: createTargetStatements(database, NAMED.serial),
    client: createTargetStatements(database, NAMED.client),
    scope: createTargetStatements(database, NAMED.scope),
    public_key: createTargetStatements(database, NAMED.public_key),
  }
  const hasClient = database.prepare<[string, string], 1>(`
    SELECT 1 FROM clients WHERE client_id = ? UNION ALL SELECT 1 FROM removed_clients WHERE client_id = ?`)

  function namesNothing(target: RevokeTarget, named: number): boolean {
    if (target.kind === 'client') return hasClient.get(target.clientId, target.clientId) === undefined
    return named === 0 && needsCertificate(target)
  }

  return (command, audit) => {
    const { target, reason, at, maxCount, dryRun } = command
    const { count, selectDue, selectRevoked } = statements[target.kind]
    const named = { ...parametersOf(target), reason, at: millisecondsOf(at) }
    const { due, all } = count.get(named)!
    if (namesNothing(target, all)) return { outcome: 'not_found' }
    const refusal = refuseRevocation(command, due)
    if (refusal !== undefined) return refusal
    const dueRows = selectDue.all({ ...named, limit: maxCount })
    const alreadyRevoked = selectRevoked
      .all({ ...named, limit: maxCount - dueRows.length })
      .map(certificateOf)
    if (dryRun || due === 0)
      return { outcome: 'revoked', revoked: dueRows.map(certificateOf), alreadyRevoked }
    const revoked = revoke(dueRows, command, dryRun)
    appendAudit(withCertificates(audit, revoked))
    return { outcome: 'revoked', revoked, alreadyRevoked }
  }
}

type TargetParameters = Readonly<Record<string, string | number | Uint8Array>>

function createTargetStatements(database: Database, named: string) {
  return {
    count: database.prepare<TargetParameters, { due: number; all: number }>(`
      SELECT count(*) FILTER (WHERE ${DUE}) AS due, count(*) AS "all"
      FROM certificates c
      LEFT JOIN revocations r ON r.authority_id = c.authority_id AND r.serial_number = c.serial_number
      WHERE ${named}`),
    selectDue: database.prepare<TargetParameters, CertificateRow>(
      `${SELECT_CERTIFICATE} WHERE ${named} AND ${DUE} ORDER BY c.id LIMIT :limit`,
    ),
    selectRevoked: database.prepare<TargetParameters, CertificateRow>(
      `${SELECT_CERTIFICATE} WHERE ${named} AND NOT ${DUE} ORDER BY c.id LIMIT :limit`,
    ),
  }
}

function parametersOf(target: RevokeTarget): TargetParameters {
  switch (target.kind) {
    case 'serial':
      return { authorityId: target.authorityId, serialNumber: target.serialNumber }
    case 'client':
      return { clientId: target.clientId }
    case 'scope':
      return { scope: target.scope }
    case 'public_key':
      return { publicKeySha256: target.publicKeySha256 }
  }
}
