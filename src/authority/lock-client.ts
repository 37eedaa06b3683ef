import { parseClientId } from '../core/issuance/client-identity.ts'
import type { ClientRecord, Store } from '../store/store.ts'
import { requireRight } from './access.ts'
import { clientNotFound } from './clients.ts'
import { fieldInvalid, parseText } from './fields.ts'
import { SERVICE_CLIENT_ID } from './first-clients.ts'
import type { Caller, Clock } from './ports.ts'
import type { RevocationEvents } from './revocation-events.ts'

export interface LockDependencies {
  readonly store: Pick<Store, 'clients'>
  readonly clock: Clock
  readonly events: RevocationEvents
}

/**
 * Refuses all that a client holds, from the next call on, and ends its open streams. Nothing is revoked: unlocking takes it back.
 *
 * @throws DomainError CALLER_NOT_ALLOWED, CLIENT_NOT_FOUND, FIELD_INVALID
 */
export async function lockClient(
  deps: LockDependencies,
  caller: Caller,
  request: { clientId: string; message: string },
): Promise<ClientRecord> {
  const client = await changeState(
    deps,
    caller,
    request.clientId,
    'locked',
    parseText(request.message, 'message'),
  )
  deps.events.publish({ kind: 'client', clientId: client.clientId })
  return client
}

/**
 * Takes a lock back.
 *
 * @throws DomainError CALLER_NOT_ALLOWED, CLIENT_NOT_FOUND, FIELD_INVALID
 */
export async function unlockClient(
  deps: Omit<LockDependencies, 'events'>,
  caller: Caller,
  request: { clientId: string },
): Promise<ClientRecord> {
  return changeState(deps, caller, request.clientId, 'active', '')
}

async function changeState(
  deps: Omit<LockDependencies, 'events'>,
  caller: Caller,
  clientIdText: string,
  state: ClientRecord['state'],
  lockMessage: string,
): Promise<ClientRecord> {
  requireRight(caller, 'chancery.clients.write')
  const clientId = parseClientId(clientIdText)
  if (state === 'locked' && clientId === SERVICE_CLIENT_ID) {
    // It would get no certificate at its next start, and nobody can unlock what does not run.
    throw fieldInvalid('client_id', `${clientId} is this service itself, which cannot be locked.`)
  }
  const at = deps.clock.now()
  const client = await deps.store.clients.setState(
    { clientId, state, lockMessage, at },
    {
      at,
      actor: caller.clientId,
      action: state === 'locked' ? 'client.lock' : 'client.unlock',
      subject: clientId,
      details: lockMessage === '' ? {} : { message: lockMessage },
    },
  )
  if (client === undefined) throw clientNotFound(clientId)
  return client
}
