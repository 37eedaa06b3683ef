import { Client, ClientState } from '../gen/chancery/v1/client_service.ts'
import type { CommandContext } from './command-context.ts'
import { CliError } from './cli-error.ts'
import { messageToJson } from './format-json.ts'
import { formatFields } from './format-table.ts'
import { formatInstantWithDistance } from './format-time.ts'

/** The state in one word. */
export function clientStateName(state: ClientState): string {
  switch (state) {
    case ClientState.CLIENT_STATE_ACTIVE:
      return 'active'
    case ClientState.CLIENT_STATE_LOCKED:
      return 'locked'
    case ClientState.CLIENT_STATE_UNSPECIFIED:
    case ClientState.UNRECOGNIZED:
      return 'unknown'
  }
}

/** Prints one client, all of it. */
export function printClient(context: CommandContext, client: Client | undefined): void {
  if (client === undefined) throw new CliError('The service answered without the client.')
  const now = context.io.now()
  context.printResult(
    () => messageToJson(Client, client),
    () =>
      formatFields([
        ['client', client.clientId],
        ['name', client.displayName || '-'],
        [
          'state',
          clientStateName(client.state) + (client.lockMessage === '' ? '' : ` (${client.lockMessage})`),
        ],
        ['scopes', client.grantedScopes],
        ['profiles', client.profiles.join(' ') || 'client'],
        ['dns names', client.dnsNames],
        ['created', formatInstantWithDistance(client.createdAt, now)],
        ['updated', formatInstantWithDistance(client.updatedAt, now)],
        ['etag', client.etag],
      ]),
  )
}
