import { formatHex } from '../../core/bytes.ts'
import { clientStandIn } from '../../core/revocation/stand-in-serial.ts'
import { highestCrlNumber } from '../../core/revocation/highest-crl-number.ts'
import { grantCovers } from '../../core/scope/scope-set.ts'
import { joinRelistings, lastTokenOf, withCertificates, withTokens } from '../revocation.ts'
import type {
  CertificateRecord,
  ClientRecord,
  ClientStore,
  RevokeCommand,
  ScopeChange,
  ScopeChangeResult,
} from '../store.ts'
import type { Synchronous } from '../synchronous.ts'
import { release, revoke, withRevocation } from './revoke.ts'
import { liftStandIn, listStandIn } from './stand-ins.ts'
import { withdrawTokens } from './tokens.ts'
import { type MemoryState, appendAudit, certificateKey, dueOfClient } from './state.ts'

/** The client part of the memory store. */
export function createClientStore(state: MemoryState): Synchronous<ClientStore> {
  return {
    create: (client, audit) => {
      if (state.removedClients.has(client.clientId)) return 'removed'
      if (state.clients.has(client.clientId)) return 'exists'
      appendAudit(state, audit)
      state.clients.set(client.clientId, client)
      return 'created'
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
      if (isUnchanged && result.authorityIds.length === 0) return result
      appendAudit(state, withTokens(withCertificates(audit, result.revoked), result.tokens))
      state.clients.set(change.clientId, result.client)
      revoke(state, result.revoked)
      withdrawTokens(state, change, false)
      return result
    },
    setState: (change, audit) => {
      const client = state.clients.get(change.clientId)
      if (client === undefined) return undefined
      const { state: newState, lockMessage, at } = change
      const planned = newState === 'locked' ? heldBy(state, client, at) : heldByLock(state, client)
      const isSame = client.state === newState && client.lockMessage === lockMessage
      // By a clock that was ahead a lock takes certificates that live for expired.
      if (isSame && (newState === 'active' || planned.length === 0))
        return { client, affected: [], crlNumber: 0n, authorityIds: [] }
      appendAudit(state, withCertificates(audit, planned))
      const { certificates, crlNumber } =
        newState === 'locked' ? hold(state, planned) : release(state, planned)
      const relisting =
        newState === 'locked'
          ? relist(state, client.clientId, { reason: 'certificateHold', at }, false)
          : unlist(state, client)
      const changed: ClientRecord = {
        ...client,
        state: newState,
        lockMessage,
        updatedAt: at,
        version: client.version + 1,
      }
      state.clients.set(client.clientId, changed)
      return {
        client: changed,
        affected: certificates,
        ...joinRelistings(certificates, crlNumber, relisting),
      }
    },
    remove: ({ clientId, expectedVersion, at, dryRun }, audit) => {
      const client = state.clients.get(clientId)
      if (client === undefined) return { outcome: 'not_found' }
      if (expectedVersion !== undefined && expectedVersion !== client.version)
        return { outcome: 'version_mismatch', currentVersion: client.version }
      const cause = { reason: 'cessationOfOperation', invalidityDate: undefined, at } as const
      const revoked = dueOfClient(state, clientId, cause.reason, at).map((certificate) =>
        withRevocation(state, certificate, cause),
      )
      const relisting = relist(state, clientId, cause, true)
      const result = {
        outcome: 'removed' as const,
        client,
        revoked,
        ...joinRelistings(revoked, highestCrlNumber(revoked), relisting),
      }
      if (dryRun) return result
      appendAudit(state, withCertificates(audit, revoked))
      state.clients.delete(clientId)
      state.removedClients.add(clientId)
      revoke(state, revoked)
      relist(state, clientId, cause, false)
      return result
    },
  }
}

/** Tells verifiers of tokens, by the lists. */
function relist(
  state: MemoryState,
  clientId: string,
  { reason, at }: Pick<RevokeCommand, 'reason' | 'at'>,
  dryRun: boolean,
) {
  const serialNumber = formatHex(clientStandIn(clientId))
  return listStandIn(state, serialNumber, { reason, at, notAfter: lastTokenOf(at) }, dryRun)
}

function unlist(state: MemoryState, { clientId }: ClientRecord) {
  return liftStandIn(state, formatHex(clientStandIn(clientId)))
}

/** The live certificates of a client, as a lock will put them on hold. */
function heldBy(state: MemoryState, { clientId }: ClientRecord, at: Date): CertificateRecord[] {
  return dueOfClient(state, clientId, 'certificateHold', at)
    .filter(({ revocation }) => revocation === undefined)
    .map((certificate) =>
      withRevocation(state, certificate, { reason: 'certificateHold', invalidityDate: undefined, at }),
    )
}

function hold(state: MemoryState, certificates: CertificateRecord[]) {
  revoke(state, certificates, true)
  return { certificates, crlNumber: highestCrlNumber(certificates) }
}

function heldByLock(state: MemoryState, { clientId }: ClientRecord): CertificateRecord[] {
  return [...state.certificates.values()].filter(
    ({ clientId: holder, authorityId, serialNumber, publicKeySha256 }) =>
      holder === clientId &&
      state.heldByLock.has(certificateKey(authorityId, serialNumber)) &&
      !state.compromisedKeys.has(formatHex(publicKeySha256)),
  )
}

function planScopeChange(state: MemoryState, change: ScopeChange): ScopeChangeResult {
  const client = state.clients.get(change.clientId)
  if (client === undefined) return { outcome: 'not_found' }
  if (change.expectedVersion !== undefined && change.expectedVersion !== client.version) {
    return { outcome: 'version_mismatch', currentVersion: client.version }
  }
  const { grantedScopes, at } = change
  const revoked = dueOfClient(state, client.clientId, 'privilegeWithdrawn', at)
    .filter((certificate) => !certificate.scopes.every((scope) => grantCovers(grantedScopes, scope)))
    .map((certificate) =>
      withRevocation(state, certificate, { reason: 'privilegeWithdrawn', invalidityDate: undefined, at }),
    )
  const { tokens, ...relisting } = withdrawTokens(state, change, true)
  const isSame = sameTexts(client.grantedScopes, grantedScopes)
  return {
    outcome: 'changed',
    client: isSame ? client : { ...client, grantedScopes, updatedAt: at, version: client.version + 1 },
    revoked,
    tokens,
    ...joinRelistings(revoked, highestCrlNumber(revoked), relisting),
  }
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i])
}
