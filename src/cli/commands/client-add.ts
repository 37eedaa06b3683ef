import type { Command } from 'commander'
import { ClientServiceService, CreateClientRequest } from '../../gen/chancery/v1/client_service.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { printClient } from '../print-client.ts'
import { addVerb, collect } from '../verb.ts'

interface Options {
  readonly scope: readonly string[]
  readonly profile: readonly string[]
  readonly dnsName: readonly string[]
  readonly displayName?: string
}

/** `chancery client add`. */
export function addClientAdd(parent: Command, run: Run): void {
  addVerb(parent, 'add', 'add a client and say which scopes its certificates may carry', [
    'client add alice --scope bob.user.read --scope bob.user.write',
    "client add ops --scope 'bob.**' --display-name 'Operations'",
  ])
    .argument('<client-id>', '1-64 characters of a-z, 0-9, ., _ and -')
    .option('--scope <scope>', 'scope or pattern to grant; repeat it', collect, [])
    .option('--profile <name>', 'profile that it may use besides the default; repeat it', collect, [])
    .option('--dns-name <name>', 'DNS name that its certificates may carry; repeat it', collect, [])
    .option('--display-name <text>', 'free text for people')
    .action((clientId: string, options: Options, command: Command) =>
      run(command, async (context) => {
        const rpc = await context.connect()
        const { client } = await rpc.call(
          ClientServiceService.createClient,
          CreateClientRequest.fromPartial({
            clientId,
            displayName: options.displayName ?? '',
            grantedScopes: [...options.scope],
            profiles: [...options.profile],
            dnsNames: [...options.dnsName],
          }),
        )
        printClient(context, client)
        return EXIT.yes
      }),
    )
}
