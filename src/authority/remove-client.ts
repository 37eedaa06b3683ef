import { parseClientId } from '../core/issuance/client-identity.ts'
import type { CertificateRecord, ClientRecord, Store } from '../store/store.ts'
import { requireRight } from './access.ts'
import { announceRevocations, renewLists, type RevocationAnnouncer } from './announce-revocations.ts'
import { clientChanged, clientNotFound, parseEtag } from './clients.ts'
import { fieldInvalid } from './fields.ts'
import { ADMIN_CLIENT_ID, SERVICE_CLIENT_ID } from './first-clients.ts'
import type { Caller, Clock } from './ports.ts'

export interface RemoveClientRequest {
  readonly clientId: string
  /** Empty: whatever is there. */
  readonly etag: string
  readonly dryRun: boolean
}

export interface RemoveClientResult {
  /** As it was. */
  readonly client: ClientRecord
  readonly revoked: readonly CertificateRecord[]
  readonly crlNumber: bigint
}

/**
 * Removes a client for good. All that it holds is revoked in the same transaction, and its id is never given again: certificates, lists and logs that
 * name it would else speak of somebody else.
 *
 * @throws {@link DomainError} CALLER_NOT_ALLOWED, CLIENT_NOT_FOUND, CLIENT_CHANGED, FIELD_INVALID
 */
export async function removeClient(
  deps: { store: Pick<Store, 'clients'>; clock: Clock } & RevocationAnnouncer,
  caller: Caller,
  request: RemoveClientRequest,
): Promise<RemoveClientResult> {
  requireRight(caller, 'chancery.clients.write')
  const clientId = parseClientId(request.clientId)
  requireRemovable(clientId)
  const expectedVersion = parseEtag(request.etag)
  const at = deps.clock.now()
  const result = await deps.store.clients.remove(
    { clientId, at, dryRun: request.dryRun, ...(expectedVersion !== undefined && { expectedVersion }) },
    { at, actor: caller.clientId, action: 'client.remove', subject: clientId, details: {} },
  )
  switch (result.outcome) {
    case 'not_found':
      throw clientNotFound(clientId)
    case 'version_mismatch':
      throw clientChanged(clientId, result.currentVersion)
    case 'removed': {
      const { client, revoked } = result
      if (request.dryRun) return { client, revoked, crlNumber: 0n }
      deps.events.publish({ kind: 'client', clientId })
      announceRevocations(deps, revoked, 'cessationOfOperation')
      renewLists(deps, result.authorityIds)
      return { client, revoked, crlNumber: result.crlNumber }
    }
  }
}

/** Without the service's own client it gets no certificate at its next start; the admin is the way back in when nobody else is left. */
function requireRemovable(clientId: string): void {
  if (clientId === SERVICE_CLIENT_ID || clientId === ADMIN_CLIENT_ID)
    throw fieldInvalid('client_id', `${clientId} is needed to run the authority and cannot be removed.`)
}
