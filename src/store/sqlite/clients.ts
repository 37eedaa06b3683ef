import type { Database } from 'better-sqlite3'
import { formatHex } from '../../core/bytes.ts'
import { highestCrlNumber } from '../../core/revocation/highest-crl-number.ts'
import { clientStandIn } from '../../core/revocation/stand-in-serial.ts'
import { grantCovers } from '../../core/scope/scope-set.ts'
import { joinRelistings, lastTokenOf, withCertificates, withTokens } from '../revocation.ts'
import type { ClientQuery, ClientRecord, ClientStore, RevokeCommand, ScopeChange } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import type { AppendAudit } from './audit.ts'
import type { Release, Released } from './end-revocation.ts'
import {
  type CertificateRow,
  type ClientRow,
  SELECT_CERTIFICATE,
  certificateOf,
  clientOf,
  millisecondsOf,
} from './rows.ts'
import { type Revoke, createSelectDue } from './revoke.ts'
import type { WithdrawTokens } from './live-tokens.ts'
import type { StandIns } from './stand-ins.ts'
import { yieldToEventLoop } from './yield.ts'

/** Rows looked at before the event loop gets its turn, when a filter has to read each one. */
const ROWS_PER_TURN = 500

/** The writing side. */
export function createClientWrites(
  database: Database,
  appendAudit: AppendAudit,
  {
    revoke,
    release,
    standIns,
    withdrawTokens,
  }: { revoke: Revoke; release: Release; standIns: StandIns; withdrawTokens: WithdrawTokens },
): Synchronous<Pick<ClientStore, 'create' | 'setScopes' | 'setState' | 'remove'>> {
  const insert = database.prepare(
    'INSERT INTO clients VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const select = database.prepare<[string], ClientRow>('SELECT * FROM clients WHERE client_id = ?')
  const updateScopes = database.prepare(
    'UPDATE clients SET granted_scopes = ?, updated_at = ?, version = ? WHERE client_id = ?',
  )
  const updateState = database.prepare(
    'UPDATE clients SET state = ?, lock_message = ?, updated_at = ?, version = ? WHERE client_id = ?',
  )
  const isRemoved = database.prepare<[string], 1>('SELECT 1 FROM removed_clients WHERE client_id = ?')
  const remove = database.prepare('DELETE FROM clients WHERE client_id = ?')
  const bury = database.prepare('INSERT INTO removed_clients VALUES (?, ?)')
  const selectDue = createSelectDue(database)
  const selectHeldByLock = database.prepare<[string], CertificateRow>(
    `${SELECT_CERTIFICATE} WHERE c.client_id = ? AND r.by_lock = 1
      AND NOT EXISTS (SELECT 1 FROM compromised_keys x WHERE x.public_key_sha256 = c.public_key_sha256) ORDER BY c.id`,
  )

  function findClient(clientId: string): ClientRecord | undefined {
    const row = select.get(clientId)
    return row && clientOf(row)
  }

  function findUncovered({ clientId, grantedScopes, at }: ScopeChange): CertificateRow[] {
    return selectDue(clientId, 'privilegeWithdrawn', at).filter(
      (row) => !certificateOf(row).scopes.every((scope) => grantCovers(grantedScopes, scope)),
    )
  }

  function selectUnheld(clientId: string, at: Date): CertificateRow[] {
    return selectDue(clientId, 'certificateHold', at).filter((row) => row.crl_number === null)
  }

  function lock(clientId: string, at: Date): Released {
    const live = selectUnheld(clientId, at)
    const cause = { reason: 'certificateHold', invalidityDate: undefined, at, byLock: true } as const
    const certificates = revoke(live, cause, false)
    return { certificates, crlNumber: highestCrlNumber(certificates) }
  }

  /** Tells verifiers of tokens, by the lists. */
  function relist(clientId: string, { reason, at }: Pick<RevokeCommand, 'reason' | 'at'>, dryRun: boolean) {
    const entry = { reason, at, notAfter: lastTokenOf(at) }
    return standIns.list(formatHex(clientStandIn(clientId)), entry, dryRun)
  }

  return {
    create: (client, audit) => {
      if (isRemoved.get(client.clientId) !== undefined) return 'removed'
      const { changes } = insert.run(
        client.clientId,
        client.displayName,
        JSON.stringify(client.grantedScopes),
        JSON.stringify(client.profiles),
        JSON.stringify(client.dnsNames),
        client.state,
        client.lockMessage,
        millisecondsOf(client.createdAt),
        millisecondsOf(client.updatedAt),
        client.version,
      )
      if (changes === 0) return 'exists'
      appendAudit(audit)
      return 'created'
    },
    setScopes: (change, audit) => {
      const client = findClient(change.clientId)
      if (client === undefined) return { outcome: 'not_found' }
      if (change.expectedVersion !== undefined && change.expectedVersion !== client.version) {
        return { outcome: 'version_mismatch', currentVersion: client.version }
      }
      const { clientId, grantedScopes, at, dryRun } = change
      const cause = { reason: 'privilegeWithdrawn', invalidityDate: undefined, at } as const
      const revoked = revoke(findUncovered(change), cause, dryRun)
      const { tokens, ...relisting } = withdrawTokens(change)
      const isSame = JSON.stringify(grantedScopes) === JSON.stringify(client.grantedScopes)
      const changed = isSame
        ? client
        : { ...client, grantedScopes, updatedAt: at, version: client.version + 1 }
      const result = {
        outcome: 'changed',
        client: changed,
        revoked,
        tokens,
        ...joinRelistings(revoked, highestCrlNumber(revoked), relisting),
      } as const
      if (dryRun || (isSame && result.authorityIds.length === 0)) return result
      updateScopes.run(
        JSON.stringify(grantedScopes),
        millisecondsOf(changed.updatedAt),
        changed.version,
        clientId,
      )
      appendAudit(withTokens(withCertificates(audit, revoked), tokens))
      return result
    },
    setState: ({ clientId, state, lockMessage, at }, audit) => {
      const client = findClient(clientId)
      if (client === undefined) return undefined
      const isSame = client.state === state && client.lockMessage === lockMessage
      // By a clock that was ahead a lock takes certificates that live for expired.
      if (isSame && (state === 'active' || selectUnheld(clientId, at).length === 0))
        return { client, affected: [], crlNumber: 0n, authorityIds: [] }
      const { certificates, crlNumber } =
        state === 'locked' ? lock(clientId, at) : release(selectHeldByLock.all(clientId))
      const relisting =
        state === 'locked'
          ? relist(clientId, { reason: 'certificateHold', at }, false)
          : standIns.lift(formatHex(clientStandIn(clientId)))
      const changed: ClientRecord = {
        ...client,
        state,
        lockMessage,
        updatedAt: at,
        version: client.version + 1,
      }
      updateState.run(state, lockMessage, millisecondsOf(at), changed.version, clientId)
      appendAudit(withCertificates(audit, certificates))
      return {
        client: changed,
        affected: certificates,
        ...joinRelistings(certificates, crlNumber, relisting),
      }
    },
    remove: ({ clientId, expectedVersion, at, dryRun }, audit) => {
      const client = findClient(clientId)
      if (client === undefined) return { outcome: 'not_found' }
      if (expectedVersion !== undefined && expectedVersion !== client.version) {
        return { outcome: 'version_mismatch', currentVersion: client.version }
      }
      const cause = { reason: 'cessationOfOperation', invalidityDate: undefined, at } as const
      const revoked = revoke(selectDue(clientId, cause.reason, at), cause, dryRun)
      const relisting = relist(clientId, cause, dryRun)
      if (!dryRun) {
        remove.run(clientId)
        bury.run(clientId, millisecondsOf(at))
        appendAudit(withCertificates(audit, revoked))
      }
      return {
        outcome: 'removed',
        client,
        revoked,
        ...joinRelistings(revoked, highestCrlNumber(revoked), relisting),
      }
    },
  }
}

/** The reading side. */
export function createClientReads(database: Database) {
  const select = database.prepare<[string], ClientRow>('SELECT * FROM clients WHERE client_id = ?')
  const selectAfter = database.prepare<[string, number], ClientRow>(
    'SELECT * FROM clients WHERE client_id > ? ORDER BY client_id LIMIT ?',
  )
  return {
    get: (clientId: string): ClientRecord | undefined => {
      const row = select.get(clientId)
      return row && clientOf(row)
    },
    list: async (query: ClientQuery): Promise<ClientRecord[]> => {
      const found: ClientRecord[] = []
      // Every id is longer than the empty text, so that it comes before all of them.
      for (let after = query.afterId ?? ''; ; await yieldToEventLoop()) {
        const clients = selectAfter.all(after, ROWS_PER_TURN).map(clientOf)
        found.push(...clients.filter((client) => matches(client, query)))
        if (found.length >= query.limit || clients.length < ROWS_PER_TURN) return found.slice(0, query.limit)
        after = clients.at(-1)!.clientId
      }
    },
  }
}

function matches(client: ClientRecord, { state, grantCovers: scope }: ClientQuery): boolean {
  return (
    (state === undefined || client.state === state) &&
    (scope === undefined || grantCovers(client.grantedScopes, scope))
  )
}
