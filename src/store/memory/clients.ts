import { grantCovers } from '../../core/scope/scope-set.ts'
import { withRevoked } from '../revocation.ts'
import type { ClientRecord, ClientStore, ScopeChange, ScopeChangeResult } from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import { revoke, withRevocation } from './revoke.ts'
import { type MemoryState, appendAudit, isLive } from './state.ts'

/** The client part of the memory store. */
export function createClientStore(state: MemoryState): Synchronous<ClientStore> {
  return {
    create: (client, audit) => {
      if (state.clients.has(client.clientId)) return false
      appendAudit(state, audit)
      state.clients.set(client.clientId, client)
      return true
    },
    get: (clientId) => state.clients.get(clientId),
    list: (query) => {
      const { afterId, limit, state: wanted, grantCovers: scope } = query
      return [...state.clients.values()]
        .filter((client) => afterId === undefined || client.clientId > afterId)
        .filter((client) => wanted === undefined || client.state === wanted)
        .filter((client) => scope === undefined || grantCovers(client.grantedScopes, scope))
        .sort((a, b) => (a.clientId < b.clientId ? -1 : 1))
        .slice(0, limit)
    },
    setScopes: (change, audit) => {
      const result = planScopeChange(state, change)
      if (result.outcome !== 'changed' || change.dryRun) return result
      const isUnchanged = result.client.version === state.clients.get(change.clientId)?.version
      if (isUnchanged && result.revoked.length === 0) return result
      appendAudit(state, withRevoked(audit, result.revoked))
      state.clients.set(change.clientId, result.client)
      revoke(state, result.revoked)
      return result
    },
    setState: (change, audit) => {
      const client = state.clients.get(change.clientId)
      if (client === undefined) return undefined
      if (client.state === change.state && client.lockMessage === change.lockMessage) return client
      appendAudit(state, audit)
      const { state: newState, lockMessage, at } = change
      const changed: ClientRecord = {
        ...client,
        state: newState,
        lockMessage,
        updatedAt: at,
        version: client.version + 1,
      }
      state.clients.set(client.clientId, changed)
      return changed
    },
  }
}

function planScopeChange(state: MemoryState, change: ScopeChange): ScopeChangeResult {
  const client = state.clients.get(change.clientId)
  if (client === undefined) return { outcome: 'not_found' }
  if (change.expectedVersion !== undefined && change.expectedVersion !== client.version) {
    return { outcome: 'version_mismatch', currentVersion: client.version }
  }
  const { grantedScopes, at } = change
  const revoked = [...state.certificates.values()]
    .filter((certificate) => certificate.clientId === client.clientId && isLive(certificate, at))
    .filter((certificate) => !certificate.scopes.every((scope) => grantCovers(grantedScopes, scope)))
    .map((certificate) =>
      withRevocation(state, certificate, { reason: 'privilegeWithdrawn', invalidityDate: undefined, at }),
    )
  if (sameTexts(client.grantedScopes, grantedScopes)) return { outcome: 'changed', client, revoked }
  const changed = { ...client, grantedScopes, updatedAt: at, version: client.version + 1 }
  return { outcome: 'changed', client: changed, revoked }
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i])
}
