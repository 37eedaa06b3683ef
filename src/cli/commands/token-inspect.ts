import type { Command } from 'commander'
import { MalformedError } from '../../core/errors.ts'
import { MAX_TOKEN_LENGTH } from '../../core/limits.ts'
import { type AccessToken, parseAccessToken } from '../../core/token/access-token.ts'
import type { Jwk } from '../../core/token/jwk.ts'
import { chooseKeys, fittingKeys, verifyJws } from '../../core/token/verify-jws.ts'
import { CliError } from '../cli-error.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { formatFields } from '../format-table.ts'
import { formatInstantWithDistance } from '../format-time.ts'
import { readInput } from '../read-input.ts'
import { readJwks } from '../read-jwks.ts'
import { addVerb } from '../verb.ts'

interface Options {
  readonly jwks?: string
}

/** `chancery token inspect`. */
export function addTokenInspect(parent: Command, run: Run): void {
  addVerb(parent, 'inspect', 'show what is in an access token, without the service', [
    'token issue --identity alice | chancery token inspect -',
    'token inspect token.txt --jwks jwks.json',
  ])
    .argument('<file>', 'file with the token, `-` for standard input: on a command line others could read it')
    .option('--jwks <file>', 'check the signature with these keys; exit code 10 if it does not verify')
    .action((path: string, options: Options, command: Command) =>
      run(command, async (context) => {
        const { stdin, now } = context.io
        const text = Buffer.from(await readInput(path, stdin, 2 * MAX_TOKEN_LENGTH)).toString('latin1')
        const token = parseToken(text.trim())
        const signature =
          options.jwks === undefined
            ? 'not checked'
            : await checkSignature(token, await readJwks(options.jwks, stdin))
        context.printResult(
          () => ({
            token_id: token.tokenId,
            client_id: token.clientId,
            issuer: token.issuer,
            audiences: token.audiences,
            scopes: token.scopes ?? null,
            issued_at: token.issuedAt.toISOString(),
            expires_at: token.expiresAt.toISOString(),
            certificate_thumbprint: token.certificateThumbprint ?? null,
            algorithm: token.jws.alg,
            key_id: token.jws.kid ?? null,
            signature,
          }),
          () =>
            formatFields([
              ['token', token.tokenId],
              ['client', token.clientId],
              ['issuer', token.issuer],
              ['audience', token.audiences],
              ['scopes', token.scopes ?? 'missing or malformed'],
              ['issued', formatInstantWithDistance(token.issuedAt, now())],
              ['expires', formatInstantWithDistance(token.expiresAt, now())],
              ['bound to', token.certificateThumbprint ?? 'no certificate'],
              ['key', `${token.jws.kid ?? ''} (${token.jws.alg})`],
              ['signature', signature],
            ]),
        )
        return signature === 'bad' ? EXIT.no : EXIT.yes
      }),
    )
}

async function checkSignature({ jws }: AccessToken, keys: readonly Jwk[]): Promise<'good' | 'bad'> {
  return (await verifyJws(jws, fittingKeys(jws, chooseKeys(jws, keys)))) ? 'good' : 'bad'
}

function parseToken(text: string): AccessToken {
  try {
    return parseAccessToken(text)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    throw new CliError(`The token cannot be read: ${error.message} (${error.defect}).`, {
      advice: 'Give the compact JWT as it was issued, without the word Bearer.',
    })
  }
}
