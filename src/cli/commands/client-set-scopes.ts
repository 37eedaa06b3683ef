import type { Command } from 'commander'
import {
  ClientServiceService,
  SetClientScopesRequest,
  SetClientScopesResponse,
} from '../../gen/chancery/v1/client_service.ts'
import { usageError } from '../cli-error.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { messageToJson } from '../format-json.ts'
import { formatFields } from '../format-table.ts'
import { addVerb, collect } from '../verb.ts'

interface Options {
  readonly scope: readonly string[]
  readonly none?: true
  readonly etag?: string
  readonly dryRun?: true
}

/** `chancery client set-scopes`. */
export function addClientSetScopes(parent: Command, run: Run): void {
  addVerb(
    parent,
    'set-scopes',
    'replace the grant of a client; certificates and tokens that carry what it loses are revoked',
    [
      'client set-scopes alice --scope bob.user.read',
      'client set-scopes alice --scope bob.user.read --dry-run',
      'client set-scopes alice --none',
    ],
  )
    .argument('<client-id>', 'which client')
    .option(
      '--scope <scope>',
      'scope or pattern of the new grant, which is these and no others; repeat it',
      collect,
      [],
    )
    .option('--none', 'take every scope away')
    .option('--etag <etag>', 'refuse the change if the client is not as it was under this etag')
    .option('--dry-run', 'say what would be revoked and change nothing')
    .action((clientId: string, options: Options, command: Command) =>
      run(command, async (context) => {
        // An empty list by oversight would revoke everything the client holds.
        if ((options.scope.length === 0) !== (options.none === true)) {
          throw usageError('Give the new grant with --scope, or --none to take every scope away.')
        }
        const rpc = await context.connect()
        const response = await rpc.call(
          ClientServiceService.setClientScopes,
          SetClientScopesRequest.fromPartial({
            clientId,
            grantedScopes: [...options.scope],
            etag: options.etag ?? '',
            dryRun: options.dryRun ?? false,
          }),
        )
        context.printResult(
          () => messageToJson(SetClientScopesResponse, response),
          () =>
            formatFields([
              ['client', response.client?.clientId ?? clientId],
              ['scopes', response.client?.grantedScopes ?? []],
              [options.dryRun === true ? 'would revoke' : 'revoked', response.revokedSerialNumbers],
              ['tokens', String(response.revokedTokenCount)],
              ['crl number', response.crlNumber === 0n ? '-' : String(response.crlNumber)],
            ]),
        )
        return EXIT.yes
      }),
    )
}
