import type { Command } from 'commander'
import { IssueTokenResponse, TokenServiceService } from '../../gen/chancery/v1/token_service.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { messageToJson } from '../format-json.ts'
import { formatInstantWithDistance } from '../format-time.ts'
import { addVerb, collect, spanOption } from '../verb.ts'

interface Options {
  readonly scope: readonly string[]
  readonly audience?: string
  readonly validity?: number
  readonly unbound?: true
}

/** `chancery token issue`. */
export function addTokenIssue(parent: Command, run: Run): void {
  addVerb(parent, 'issue', 'get an access token, bound to the certificate of the identity', [
    'token issue --identity alice',
    'token issue --scope bob.user.read --audience bob --unbound',
  ])
    .argument('[client-id]', 'whom it is for (default: the identity itself)')
    .option('--scope <scope>', 'scope to carry; repeat it (default: all of the certificate)', collect, [])
    .option('--audience <name>', 'the one resource server that it is for (default: every one)')
    .option('--validity <span>', 'how long, such as 30s (default and longest: 5m)', spanOption)
    .option('--unbound', 'good without the certificate, for whoever has the token')
    .action((clientId: string | undefined, options: Options, command: Command) =>
      run(command, async (context) => {
        const rpc = await context.connect()
        const { audience = '', validity } = options
        const response = await rpc.call(TokenServiceService.issueToken, {
          clientId: clientId ?? '',
          scopes: [...options.scope],
          audience,
          validity: validity === undefined ? undefined : { seconds: BigInt(validity), nanos: 0 },
          unbound: options.unbound === true,
        })
        // The token alone on standard output, so that it can go into a header as it is.
        context.printResult(
          () => messageToJson(IssueTokenResponse, response),
          () => `${response.token}\n`,
        )
        if (!context.json) {
          for (const warning of response.warnings) context.note(`${warning}\n`)
          const bound = response.boundCertificateSha256.length > 0 ? 'bound to the certificate' : 'not bound'
          const end = formatInstantWithDistance(response.expiresAt, context.io.now())
          context.note(`${response.grantedScopes.join(' ') || 'no scopes'}; ${bound}; until ${end}\n`)
        }
        return EXIT.yes
      }),
    )
}
