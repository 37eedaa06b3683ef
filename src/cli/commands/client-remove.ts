import type { Command } from 'commander'
import {
  ClientServiceService,
  RemoveClientRequest,
  RemoveClientResponse,
} from '../../gen/chancery/v1/client_service.ts'
import type { CommandContext, Run } from '../command-context.ts'
import { confirm } from '../confirm.ts'
import { EXIT } from '../exit-code.ts'
import { messageToJson } from '../format-json.ts'
import { formatFields } from '../format-table.ts'
import { addVerb } from '../verb.ts'

interface Options {
  readonly yes?: true
  readonly etag?: string
  readonly dryRun?: true
}

/** `chancery client remove`. */
export function addClientRemove(parent: Command, run: Run): void {
  addVerb(
    parent,
    'remove',
    'remove a client for good: all it holds is revoked, and its id is never given again',
    ['client remove alice --dry-run', 'client remove alice', 'client remove alice --yes'],
  )
    .argument('<client-id>', 'which client')
    .option('--yes', 'do not ask')
    .option('--etag <etag>', 'refuse the removal if the client is not as it was under this etag')
    .option('--dry-run', 'say what would be revoked and change nothing')
    .action((clientId: string, options: Options, command: Command) =>
      run(command, async (context) => {
        const rpc = await context.connect()
        const remove = (request: Partial<RemoveClientRequest>) =>
          rpc.call(
            ClientServiceService.removeClient,
            RemoveClientRequest.fromPartial({ clientId, ...request }),
          )
        const etag = options.etag ?? ''
        if (options.dryRun === true) {
          printRemoved(context, await remove({ etag, dryRun: true }), 'would revoke')
          return EXIT.yes
        }
        if (options.yes === true) {
          printRemoved(context, await remove({ etag }), 'revoked')
          return EXIT.yes
        }
        const planned = await remove({ etag, dryRun: true })
        const count = planned.revokedSerialNumbers.length
        await confirm(
          context.io,
          `Remove ${clientId} for good and revoke ${count} certificate${count === 1 ? '' : 's'}?`,
        )
        // What was shown is what is removed: a change in between is refused.
        printRemoved(context, await remove({ etag: planned.client?.etag ?? etag }), 'revoked')
        return EXIT.yes
      }),
    )
}

function printRemoved(context: CommandContext, response: RemoveClientResponse, verb: string): void {
  context.printResult(
    () => messageToJson(RemoveClientResponse, response),
    () =>
      formatFields([
        ['client', response.client?.clientId ?? '-'],
        [verb, response.revokedSerialNumbers],
        ['crl number', response.crlNumber === 0n ? '-' : String(response.crlNumber)],
      ]),
  )
}
