import type { Command } from 'commander'
import { TokenKey, TokenServiceService } from '../../gen/chancery/v1/token_service.ts'
import type { CommandContext, Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { messageToJson } from '../format-json.ts'
import { formatTable } from '../format-table.ts'
import { formatInstantWithDistance } from '../format-time.ts'
import { addVerb } from '../verb.ts'

/** `chancery token keys`. */
export function addTokenKeys(parent: Command, run: Run): void {
  addVerb(parent, 'keys', 'list the keys that tokens are checked with', [
    'token keys',
    'token keys -o json',
  ]).action((_options: unknown, command: Command) =>
    run(command, async (context) => {
      const rpc = await context.connect()
      const { keys } = await rpc.call(TokenServiceService.listTokenKeys, {})
      printTokenKeys(context, keys)
      return EXIT.yes
    }),
  )
}

/** Prints keys for tokens, the earliest first. */
export function printTokenKeys(context: CommandContext, keys: readonly TokenKey[]): void {
  const now = context.io.now()
  context.printResult(
    () => keys.map((key) => messageToJson(TokenKey, key)),
    () =>
      formatTable(
        ['KEY', 'ALGORITHM', 'STATE', 'MADE', 'SIGNS FROM'],
        keys.map((key, i) => [
          key.keyId,
          key.algorithm,
          stateOf(keys, i),
          formatInstantWithDistance(key.createdAt, now),
          formatInstantWithDistance(key.signsFrom, now),
        ]),
      ),
  )
}

function stateOf(keys: readonly TokenKey[], i: number): string {
  if (keys[i]!.signs) return 'signs'
  return keys.findIndex(({ signs }) => signs) > i ? 'verifies' : 'next'
}
