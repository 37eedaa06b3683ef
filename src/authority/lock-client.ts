import { parseClientId } from '../core/issuance/client-identity.ts'
import type { ClientRecord, StateChangeResult, Store } from '../store/store.ts'
import { requireRight } from './access.ts'
import { announceRevocations, renewLists, type RevocationAnnouncer } from './announce-revocations.ts'
import { clientNotFound } from './clients.ts'
import { fieldInvalid, parseText } from './fields.ts'
import { SERVICE_CLIENT_ID } from './first-clients.ts'
import type { Caller, Clock } from './ports.ts'

export interface LockDependencies extends RevocationAnnouncer {
  readonly store: Pick<Store, 'clients'>
  readonly clock: Clock
}

/**
 * Refuses all that a client holds, from the next call on, and ends its open streams. Its live certificates go on hold in the same transaction, and so does the client
 * itself, so that whoever judges by lists alone refuses them, and its tokens, too.
 *
 * @throws DomainError CALLER_NOT_ALLOWED, CLIENT_NOT_FOUND, FIELD_INVALID
 */
export async function lockClient(
  deps: LockDependencies,
  caller: Caller,
  request: { clientId: string; message: string },
): Promise<StateChangeResult> {
  const message = parseText(request.message, 'message')
  const result = await changeState(deps, caller, request.clientId, 'locked', message)
  deps.events.publish({ kind: 'client', clientId: result.client.clientId })
  announceRevocations(deps, result.affected, 'certificateHold')
  renewLists(deps, result.authorityIds)
  return result
}

/**
 * Takes a lock back, and with it the holds that it put on.
 *
 * @throws DomainError CALLER_NOT_ALLOWED, CLIENT_NOT_FOUND, FIELD_INVALID
 */
export async function unlockClient(
  deps: LockDependencies,
  caller: Caller,
  request: { clientId: string },
): Promise<StateChangeResult> {
  const result = await changeState(deps, caller, request.clientId, 'active', '')
  renewLists(deps, result.authorityIds)
  return result
}

async function changeState(
  deps: LockDependencies,
  caller: Caller,
  clientIdText: string,
  state: ClientRecord['state'],
  lockMessage: string,
): Promise<StateChangeResult> {
  requireRight(caller, 'chancery.clients.write')
  const clientId = parseClientId(clientIdText)
  if (state === 'locked' && clientId === SERVICE_CLIENT_ID) {
    // It would get no certificate at its next start, and nobody can unlock what does not run.
    throw fieldInvalid('client_id', `${clientId} is this service itself, which cannot be locked.`)
  }
  const at = deps.clock.now()
  const result = await deps.store.clients.setState(
    { clientId, state, lockMessage, at },
    {
      at,
      actor: caller.clientId,
      action: state === 'locked' ? 'client.lock' : 'client.unlock',
      subject: clientId,
      details: lockMessage === '' ? {} : { message: lockMessage },
    },
  )
  if (result === undefined) throw clientNotFound(clientId)
  return result
}
