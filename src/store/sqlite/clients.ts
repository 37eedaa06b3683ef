import type { Database } from 'better-sqlite3'
import { grantCovers } from '../../core/scope/scope-set.ts'
import { withRevoked } from '../revocation.ts'
import type { ClientQuery, ClientRecord, ClientStore, ScopeChange } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import type { AppendAudit } from './audit.ts'
import {
  type CertificateRow,
  type ClientRow,
  SELECT_CERTIFICATE,
  certificateOf,
  clientOf,
  millisecondsOf,
} from './rows.ts'
import type { Revoke } from './revoke.ts'
import { yieldToEventLoop } from './yield.ts'

/** Rows looked at before the event loop gets its turn, when a filter has to read each one. */
const ROWS_PER_TURN = 500

/** The writing side. */
export function createClientWrites(
  database: Database,
  appendAudit: AppendAudit,
  revoke: Revoke,
): Synchronous<Pick<ClientStore, 'create' | 'setScopes' | 'setState'>> {
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
  const selectLive = database.prepare<[string, number], CertificateRow>(
    `${SELECT_CERTIFICATE} WHERE c.client_id = ? AND c.not_after >= ? AND r.crl_number IS NULL ORDER BY c.id`,
  )

  function findClient(clientId: string): ClientRecord | undefined {
    const row = select.get(clientId)
    return row && clientOf(row)
  }

  function findUncovered({ clientId, grantedScopes, at }: ScopeChange): CertificateRow[] {
    return selectLive
      .all(clientId, millisecondsOf(at))
      .filter((row) => !certificateOf(row).scopes.every((scope) => grantCovers(grantedScopes, scope)))
  }

  return {
    create: (client, audit) => {
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
      if (changes === 0) return false
      appendAudit(audit)
      return true
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
      const isSame = JSON.stringify(grantedScopes) === JSON.stringify(client.grantedScopes)
      const changed = isSame
        ? client
        : { ...client, grantedScopes, updatedAt: at, version: client.version + 1 }
      if (dryRun || (isSame && revoked.length === 0)) return { outcome: 'changed', client: changed, revoked }
      updateScopes.run(
        JSON.stringify(grantedScopes),
        millisecondsOf(changed.updatedAt),
        changed.version,
        clientId,
      )
      appendAudit(withRevoked(audit, revoked))
      return { outcome: 'changed', client: changed, revoked }
    },
    setState: ({ clientId, state, lockMessage, at }, audit) => {
      const client = findClient(clientId)
      if (client === undefined || (client.state === state && client.lockMessage === lockMessage))
        return client
      const changed: ClientRecord = {
        ...client,
        state,
        lockMessage,
        updatedAt: at,
        version: client.version + 1,
      }
      updateState.run(state, lockMessage, millisecondsOf(at), changed.version, clientId)
      appendAudit(audit)
      return changed
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
