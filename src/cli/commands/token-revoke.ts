import type { Command } from 'commander'
import { MAX_TOKEN_LENGTH } from '../../core/limits.ts'
import type { RevokeTokenRequest } from '../../gen/chancery/v1/token_service.ts'
import {
  RevokeTokenResponse,
  TokenRevocationStatus,
  TokenServiceService,
} from '../../gen/chancery/v1/token_service.ts'
import { usageError } from '../cli-error.ts'
import type { CommandContext, Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { messageToJson } from '../format-json.ts'
import { readInput } from '../read-input.ts'
import { addVerb, instantOption } from '../verb.ts'

interface Options {
  readonly id?: string
  readonly expires?: string
}

/** `chancery token revoke`. */
export function addTokenRevoke(parent: Command, run: Run): void {
  addVerb(parent, 'revoke', 'revoke an access token; every verifier learns it within a second', [
    'token revoke token.txt --identity alice',
    'token revoke --id VUKmhTqBvMwtu1Yx3RPwEg --expires 2026-06-01T12:05:00Z',
  ])
    .argument('[file]', 'file with the token, `-` for standard input: on a command line others could read it')
    .option('--id <jti>', 'the id of a token that is not at hand')
    .option('--expires <instant>', 'when the token of --id expires (default: the latest that it can)')
    .action((path: string | undefined, options: Options, command: Command) =>
      run(command, async (context) => {
        const target = await readTarget(context, path, options)
        const rpc = await context.connect()
        const response = await rpc.call(TokenServiceService.revokeToken, { target })
        context.printResult(
          () => messageToJson(RevokeTokenResponse, response),
          () => describe(response),
        )
        return EXIT.yes
      }),
    )
}

async function readTarget(
  { io }: CommandContext,
  path: string | undefined,
  { id, expires }: Options,
): Promise<NonNullable<RevokeTokenRequest['target']>> {
  if ((path === undefined) === (id === undefined))
    throw usageError('Say which token.', 'Give a file with the token, or --id.')
  if (id === undefined && expires !== undefined)
    throw usageError('--expires goes with --id.', 'A token says itself when it expires.')
  if (id !== undefined) {
    const expiresAt = expires === undefined ? undefined : instantOption(io.now)(expires)
    return { $case: 'tokenId', value: { id, expiresAt } }
  }
  const text = Buffer.from(await readInput(path!, io.stdin, 2 * MAX_TOKEN_LENGTH)).toString('latin1')
  return { $case: 'token', value: text.trim() }
}

function describe({ tokenId, status, crlNumber }: RevokeTokenResponse): string {
  switch (status) {
    case TokenRevocationStatus.TOKEN_REVOCATION_STATUS_EXPIRED:
      return `${tokenId} is expired: there was nothing to revoke\n`
    case TokenRevocationStatus.TOKEN_REVOCATION_STATUS_ALREADY_REVOKED:
      return `${tokenId} was revoked before; in the lists from ${crlNumber} on\n`
    default:
      return `${tokenId} is revoked; in the lists from ${crlNumber} on\n`
  }
}
