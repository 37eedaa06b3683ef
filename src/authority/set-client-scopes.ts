import { parseClientId } from '../core/issuance/client-identity.ts'
import { parseGrant } from '../core/scope/scope-set.ts'
import type { CertificateRecord, ClientRecord, Store } from '../store/store.ts'
import { requireRight } from './access.ts'
import { announceRevocations, renewLists, type RevocationAnnouncer } from './announce-revocations.ts'
import { clientChanged, clientEtag, clientNotFound, parseEtag } from './clients.ts'
import type { Caller, Clock } from './ports.ts'

export interface SetClientScopesRequest {
  readonly clientId: string
  readonly grantedScopes: readonly string[]
  /** Empty: whatever is there. */
  readonly etag: string
  readonly dryRun: boolean
}

export interface SetClientScopesResult {
  readonly client: ClientRecord
  readonly revoked: readonly CertificateRecord[]
  /** Revoked with it; on a dry run as many of them as one transaction revokes. */
  readonly revokedTokens: number
  readonly crlNumber: bigint
}

/**
 * Replaces a client's grant. What carries a withdrawn scope, certificates and tokens, is revoked in the same transaction, so that there is no moment
 * in which the grant is gone and the certificate is still good. A client with very many tokens takes further ones, all before this returns.
 *
 * @throws {@link DomainError} CALLER_NOT_ALLOWED, CLIENT_NOT_FOUND, CLIENT_CHANGED, SCOPE_MALFORMED, FIELD_INVALID
 */
export async function setClientScopes(
  deps: { store: Pick<Store, 'clients'>; clock: Clock } & RevocationAnnouncer,
  caller: Caller,
  request: SetClientScopesRequest,
): Promise<SetClientScopesResult> {
  requireRight(caller, 'chancery.clients.write')
  const clientId = parseClientId(request.clientId)
  const grantedScopes = parseGrant(request.grantedScopes, 'granted_scopes')
  const expectedVersion = parseEtag(request.etag)
  const at = deps.clock.now()
  const result = await deps.store.clients.setScopes(
    {
      clientId,
      grantedScopes,
      at,
      dryRun: request.dryRun,
      ...(expectedVersion !== undefined && { expectedVersion }),
    },
    {
      at,
      actor: caller.clientId,
      action: 'client.set_scopes',
      subject: clientId,
      details: { granted_scopes: grantedScopes },
    },
  )
  switch (result.outcome) {
    case 'not_found':
      throw clientNotFound(clientId)
    case 'version_mismatch':
      throw clientChanged(clientId, result.currentVersion)
    case 'changed':
  }
  const { client, revoked, tokens } = result
  const done = { client, revoked, revokedTokens: tokens.count }
  if (request.dryRun) return { ...done, crlNumber: 0n }
  announceRevocations(deps, revoked, 'privilegeWithdrawn')
  renewLists(deps, result.authorityIds)
  if (!tokens.remain) return { ...done, crlNumber: result.crlNumber }
  const rest = await setClientScopes(deps, caller, { ...request, etag: clientEtag(client) })
  const crlNumber = rest.crlNumber > result.crlNumber ? rest.crlNumber : result.crlNumber
  return { ...done, revokedTokens: tokens.count + rest.revokedTokens, crlNumber }
}
