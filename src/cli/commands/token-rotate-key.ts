import type { Command } from 'commander'
import { TokenKeyRotation, TokenServiceService } from '../../gen/chancery/v1/token_service.ts'
import { usageError } from '../cli-error.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { addVerb } from '../verb.ts'
import { printTokenKeys } from './token-keys.ts'

interface Options {
  readonly atOnce?: true
  readonly compromised?: true
}

/** `chancery token rotate-key`. */
export function addTokenRotateKey(parent: Command, run: Run): void {
  addVerb(parent, 'rotate-key', 'bring in the next key that tokens are signed with', [
    'token rotate-key',
    'token rotate-key --compromised',
  ])
    .option('--at-once', 'do not wait until verifiers had time to learn of it')
    .option('--compromised', 'at once, and no token of an earlier key is good any more')
    .action((options: Options, command: Command) =>
      run(command, async (context) => {
        if (options.atOnce && options.compromised)
          throw usageError('--compromised is at once already: leave --at-once out.')
        const rpc = await context.connect()
        const { keys } = await rpc.call(TokenServiceService.rotateTokenKey, {
          rotation: rotationOf(options),
        })
        printTokenKeys(context, keys)
        return EXIT.yes
      }),
    )
}

function rotationOf({ atOnce, compromised }: Options): TokenKeyRotation {
  if (compromised) return TokenKeyRotation.TOKEN_KEY_ROTATION_COMPROMISED
  return atOnce ? TokenKeyRotation.TOKEN_KEY_ROTATION_AT_ONCE : TokenKeyRotation.TOKEN_KEY_ROTATION_SCHEDULED
}
