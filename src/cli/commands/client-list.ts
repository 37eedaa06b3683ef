import { type Command, Option } from 'commander'
import {
  Client,
  ClientServiceService,
  ClientState,
  ListClientsRequest,
} from '../../gen/chancery/v1/client_service.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { messageToJson } from '../format-json.ts'
import { formatNames, formatTable } from '../format-table.ts'
import { formatInstant } from '../format-time.ts'
import { readPages } from '../read-pages.ts'
import { clientStateName } from '../print-client.ts'
import { addVerb } from '../verb.ts'

interface Options {
  readonly state?: 'active' | 'locked'
  readonly scope?: string
}

const STATES = { active: ClientState.CLIENT_STATE_ACTIVE, locked: ClientState.CLIENT_STATE_LOCKED } as const

/** `chancery client list`. */
export function addClientList(parent: Command, run: Run): void {
  addVerb(parent, 'list', 'list the clients', ['client list', 'client list --scope bob.user.read -o json'])
    .addOption(new Option('--state <state>', 'only clients in this state').choices(Object.keys(STATES)))
    .option('--scope <scope>', 'only clients whose grant covers this scope')
    .action((options: Options, command: Command) =>
      run(command, async (context) => {
        const rpc = await context.connect()
        const clients = await readPages(async (pageToken) => {
          const request = ListClientsRequest.fromPartial({
            pageSize: 1000,
            pageToken,
            state: options.state === undefined ? ClientState.CLIENT_STATE_UNSPECIFIED : STATES[options.state],
            grantedScope: options.scope ?? '',
          })
          const page = await rpc.call(ClientServiceService.listClients, request)
          return { items: page.clients, nextPageToken: page.nextPageToken }
        })
        context.printResult(
          () => clients.map((client) => messageToJson(Client, client)),
          () =>
            formatTable(
              ['CLIENT', 'STATE', 'SCOPES', 'UPDATED'],
              clients.map((client) => [
                client.clientId,
                clientStateName(client.state),
                formatNames(client.grantedScopes),
                formatInstant(client.updatedAt),
              ]),
            ),
        )
        return EXIT.yes
      }),
    )
}
