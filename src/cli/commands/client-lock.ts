import type { Command } from 'commander'
import { ClientServiceService } from '../../gen/chancery/v1/client_service.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { printClient } from '../print-client.ts'
import { addVerb } from '../verb.ts'

interface Options {
  readonly message?: string
}

/** `chancery client lock`. */
export function addClientLock(parent: Command, run: Run): void {
  addVerb(parent, 'lock', 'refuse all that a client holds, at once, until it is unlocked', [
    "client lock alice --message 'laptop lost'",
  ])
    .argument('<client-id>', 'which client')
    .option('--message <text>', 'why, for people')
    .action((clientId: string, options: Options, command: Command) =>
      run(command, async (context) => {
        const rpc = await context.connect()
        const request = { clientId, message: options.message ?? '' }
        const { client, heldCount } = await rpc.call(ClientServiceService.lockClient, request)
        printClient(context, client)
        context.note(`Certificates put on hold: ${heldCount}.\n`)
        return EXIT.yes
      }),
    )
}
