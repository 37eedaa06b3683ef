import { createClient } from '../authority/create-client.ts'
import { type LockDependencies, lockClient, unlockClient } from '../authority/lock-client.ts'
import { getClient, listClients } from '../authority/read-clients.ts'
import { removeClient } from '../authority/remove-client.ts'
import { setClientScopes } from '../authority/set-client-scopes.ts'
import { ClientServiceService } from '../gen/chancery/v1/client_service.ts'
import { parseClientState, toWireClient } from './convert.ts'
import { bindService, type BoundService } from './handler.ts'

type ClientServiceDependencies = LockDependencies & Parameters<typeof setClientScopes>[0]

/** `chancery.v1.ClientService` over its use cases. */
export function createClientService(deps: ClientServiceDependencies): BoundService {
  return bindService(ClientServiceService, {
    createClient: async (request, { caller }) => ({
      client: toWireClient(await createClient(deps, caller, request)),
    }),
    getClient: async (request, { caller }) => ({
      client: toWireClient(await getClient(deps, caller, request.clientId)),
    }),
    listClients: async (request, { caller }) => {
      const page = await listClients(deps, caller, { ...request, state: parseClientState(request.state) })
      return { clients: page.clients.map(toWireClient), nextPageToken: page.nextPageToken }
    },
    setClientScopes: async (request, { caller }) => {
      const { client, revoked, revokedTokens, crlNumber } = await setClientScopes(deps, caller, request)
      return {
        client: toWireClient(client),
        revokedSerialNumbers: revoked.map((certificate) => certificate.serialNumber),
        revokedTokenCount: revokedTokens,
        crlNumber,
      }
    },
    lockClient: async (request, { caller }) => {
      const { client, affected, crlNumber } = await lockClient(deps, caller, request)
      return { client: toWireClient(client), heldCount: affected.length, crlNumber }
    },
    unlockClient: async (request, { caller }) => {
      const { client, affected, crlNumber } = await unlockClient(deps, caller, request)
      return { client: toWireClient(client), releasedCount: affected.length, crlNumber }
    },
    removeClient: async (request, { caller }) => {
      const { client, revoked, crlNumber } = await removeClient(deps, caller, request)
      return {
        client: toWireClient(client),
        revokedSerialNumbers: revoked.map((certificate) => certificate.serialNumber),
        crlNumber,
      }
    },
  })
}
