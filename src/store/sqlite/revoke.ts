import type { Database } from 'better-sqlite3'
import { needsCertificate, refuseRevocation, withRevoked } from '../revocation.ts'
import type {
  CertificateRecord,
  CertificateStore,
  RevocationRecord,
  RevokeCommand,
  RevokeTarget,
} from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import type { AppendAudit } from './audit.ts'
import { type CertificateRow, SELECT_CERTIFICATE, certificateOf, millisecondsOf } from './rows.ts'

/** Revokes live certificates; answers with them in their new state. With `dryRun` it answers and changes nothing. */
export type Revoke = (
  live: readonly CertificateRow[],
  cause: Pick<RevokeCommand, 'reason' | 'invalidityDate' | 'at'>,
  dryRun: boolean,
) => CertificateRecord[]

/** The write that every revocation ends in. */
export function createRevoke(database: Database): Revoke {
  const insert = database.prepare('INSERT INTO revocations VALUES (?, ?, ?, ?, ?, ?, ?)')
  const blockKey = database.prepare('INSERT OR IGNORE INTO compromised_keys VALUES (?)')
  const selectNextNumber = database
    .prepare<[string], number>('SELECT next_crl_number FROM authorities WHERE id = ?')
    .pluck()
  return (live, { reason, invalidityDate, at }, dryRun) =>
    live.map((row) => {
      const crlNumber = BigInt(selectNextNumber.get(row.authority_id)!)
      const revocation: RevocationRecord = { revokedAt: at, reason, invalidityDate, crlNumber }
      if (!dryRun) {
        insert.run(
          row.authority_id,
          row.serial_number,
          crlNumber,
          millisecondsOf(at),
          reason,
          invalidityDate === undefined ? null : millisecondsOf(invalidityDate),
          row.not_after,
        )
        if (reason === 'keyCompromise') blockKey.run(row.public_key_sha256)
      }
      return { ...certificateOf(row), revocation }
    })
}

/** `WHERE` of each kind of target: what it names and has not expired; a serial number also names what has. */
const NAMED = {
  serial: 'c.authority_id = :authorityId AND c.serial_number = :serialNumber',
  client: 'c.client_id = :clientId AND c.not_after >= :at',
  scope: `c.id IN (SELECT certificate_id FROM certificate_scopes WHERE scope = :scope AND not_after >= :at)`,
  public_key: 'c.public_key_sha256 = :publicKeySha256 AND c.not_after >= :at',
} satisfies Record<RevokeTarget['kind'], string>

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
  const hasClient = database.prepare<[string], 1>('SELECT 1 FROM clients WHERE client_id = ?')

  function namesNothing(target: RevokeTarget, named: number): boolean {
    if (target.kind === 'client') return hasClient.get(target.clientId) === undefined
    return named === 0 && needsCertificate(target)
  }

  return (command, audit) => {
    const { target, at, maxCount, dryRun } = command
    const { count, selectLive, selectRevoked } = statements[target.kind]
    const named = { ...parametersOf(target), at: millisecondsOf(at) }
    const { live, all } = count.get(named)!
    if (namesNothing(target, all)) return { outcome: 'not_found' }
    const refusal = refuseRevocation(command, live)
    if (refusal !== undefined) return refusal
    const alreadyRevoked = selectRevoked.all({ ...named, limit: maxCount - live }).map(certificateOf)
    const liveRows = selectLive.all(named)
    if (dryRun || live === 0)
      return { outcome: 'revoked', revoked: liveRows.map(certificateOf), alreadyRevoked }
    const revoked = revoke(liveRows, command, dryRun)
    appendAudit(withRevoked(audit, revoked))
    return { outcome: 'revoked', revoked, alreadyRevoked }
  }
}

type TargetParameters = Readonly<Record<string, string | number | Uint8Array>>

function createTargetStatements(database: Database, named: string) {
  return {
    count: database.prepare<TargetParameters, { live: number; all: number }>(`
      SELECT count(*) - count(r.crl_number) AS live, count(*) AS "all"
      FROM certificates c
      LEFT JOIN revocations r ON r.authority_id = c.authority_id AND r.serial_number = c.serial_number
      WHERE ${named}`),
    selectLive: database.prepare<TargetParameters, CertificateRow>(
      `${SELECT_CERTIFICATE} WHERE ${named} AND r.crl_number IS NULL ORDER BY c.id`,
    ),
    selectRevoked: database.prepare<TargetParameters, CertificateRow>(
      `${SELECT_CERTIFICATE} WHERE ${named} AND r.crl_number IS NOT NULL ORDER BY c.id LIMIT :limit`,
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
