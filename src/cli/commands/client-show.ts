import type { Command } from 'commander'
import { ClientServiceService } from '../../gen/chancery/v1/client_service.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { printClient } from '../print-client.ts'
import { addVerb } from '../verb.ts'

/** `chancery client show`. */
export function addClientShow(parent: Command, run: Run): void {
  addVerb(parent, 'show', 'show one client', ['client show alice'])
    .argument('<client-id>', 'which client')
    .action((clientId: string, _options: unknown, command: Command) =>
      run(command, async (context) => {
        const rpc = await context.connect()
        const { client } = await rpc.call(ClientServiceService.getClient, { clientId })
        printClient(context, client)
        return EXIT.yes
      }),
    )
}
