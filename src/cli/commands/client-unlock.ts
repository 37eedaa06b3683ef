import type { Command } from 'commander'
import { ClientServiceService } from '../../gen/chancery/v1/client_service.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { printClient } from '../print-client.ts'
import { addVerb } from '../verb.ts'

/** `chancery client unlock`. */
export function addClientUnlock(parent: Command, run: Run): void {
  addVerb(parent, 'unlock', 'take the lock of a client back', ['client unlock alice'])
    .argument('<client-id>', 'which client')
    .action((clientId: string, _options: unknown, command: Command) =>
      run(command, async (context) => {
        const rpc = await context.connect()
        const { client, releasedCount } = await rpc.call(ClientServiceService.unlockClient, { clientId })
        printClient(context, client)
        context.note(`Certificates released: ${releasedCount}.\n`)
        return EXIT.yes
      }),
    )
}
