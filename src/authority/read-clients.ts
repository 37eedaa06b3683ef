import { parseClientId } from '../core/issuance/client-identity.ts'
import { parseScope } from '../core/scope/scope.ts'
import type { ClientRecord, Store } from '../store/store.ts'
import { requireRight, requireRightOrSelf } from './access.ts'
import { requireClient } from './clients.ts'
import { countFitting } from './page-fit.ts'
import { formatPageToken, parsePageSize, parsePageToken } from './page-token.ts'
import type { Caller } from './ports.ts'

interface ClientReader {
  readonly store: Pick<Store, 'clients'>
}

/** @throws DomainError CALLER_NOT_ALLOWED, CLIENT_NOT_FOUND, FIELD_INVALID */
export async function getClient(deps: ClientReader, caller: Caller, clientId: string): Promise<ClientRecord> {
  const id = parseClientId(clientId)
  requireRightOrSelf(caller, id, 'chancery.clients.read')
  return requireClient(deps.store, id)
}

export interface ListClientsRequest {
  readonly pageSize: number
  readonly pageToken: string
  readonly state: 'active' | 'locked' | undefined
  /** Empty: every client. */
  readonly grantedScope: string
}

/** @throws DomainError CALLER_NOT_ALLOWED, FIELD_INVALID, SCOPE_MALFORMED, PAGE_TOKEN_INVALID */
export async function listClients(
  deps: ClientReader,
  caller: Caller,
  request: ListClientsRequest,
): Promise<{ clients: ClientRecord[]; nextPageToken: string }> {
  requireRight(caller, 'chancery.clients.read')
  const grantCovers = request.grantedScope === '' ? undefined : parseScope(request.grantedScope)
  const filter = ['clients', request.state, grantCovers]
  const limit = parsePageSize(request.pageSize)
  const afterId = parsePageToken(request.pageToken, filter)
  // One row more than the page tells whether there is another page.
  const rows = await deps.store.clients.list({
    limit: limit + 1,
    ...(afterId !== undefined && { afterId }),
    ...(request.state !== undefined && { state: request.state }),
    ...(grantCovers !== undefined && { grantCovers }),
  })
  // A grant of 256 long scopes takes 64 KiB: a page ends early rather than break the limit of a message.
  const fitting = countFitting(rows, ({ grantedScopes, dnsNames }) => [...grantedScopes, ...dnsNames])
  const clients = rows.slice(0, Math.min(limit, fitting))
  const last = clients.at(-1)
  return {
    clients,
    nextPageToken: rows.length > clients.length && last ? formatPageToken(last.clientId, filter) : '',
  }
}
