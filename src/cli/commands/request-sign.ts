import { type Command, Option } from 'commander'
import { MAX_BODY_BYTES } from '../../core/limits.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { readData } from '../read-input.ts'
import { credentialOf } from '../../identity/signing-credential.ts'
import { parseRequestLine } from '../../identity/request-line.ts'
import { signRequest } from '../../identity/sign-request.ts'
import { formatCurl } from '../curl-command.ts'
import { addVerb } from '../verb.ts'

interface Options {
  readonly method: string
  readonly url: string
  readonly data?: string
  readonly curl?: true
  readonly profile: 'rfc9421' | 'simple'
}

/** `chancery request sign`. */
export function addRequestSign(parent: Command, run: Run): void {
  addVerb(parent, 'sign', 'sign an HTTP request with the key of the identity; the service is not asked', [
    'request sign --identity alice --url https://bob.example/users/7',
    'request sign --identity alice --method POST --url https://bob.example/users --data \'{"name":"Eve"}\' --curl',
    'request sign --identity alice --method PUT --url https://bob.example/photo --data @photo.jpg --curl | sh',
  ])
    .option('--method <method>', 'HTTP method', 'GET')
    .requiredOption('--url <url>', 'whole URL that the request goes to')
    .option('--data <text>', 'body: the text, or @FILE, or @- for standard input')
    .option('--curl', 'print a curl command line instead of header lines')
    .addOption(
      new Option('--profile <profile>', 'HTTP Message Signatures, or the profile of curl and openssl alone')
        .choices(['rfc9421', 'simple'])
        .default('rfc9421'),
    )
    .action((options: Options, command: Command) =>
      run(command, async (context) => {
        const request = parseRequestLine(options.method, options.url)
        const { stdin } = context.io
        // The service takes bodies of this size whole; larger ones by their digest. Signing has no limit but memory.
        const body =
          options.data === undefined
            ? new Uint8Array()
            : await readData(options.data, stdin, 1024 * MAX_BODY_BYTES)
        const credential = credentialOf(await context.identity())
        const { profile } = options
        const headers = await signRequest(
          profile,
          credential,
          request,
          { kind: 'bytes', bytes: body },
          context.io.now(),
        )
        if (options.curl === true) context.print(formatCurl(request, headers, options.data))
        else {
          context.printResult(
            () => ({ headers: headers.map(([name, value]) => ({ name, value })) }),
            () => headers.map(([name, value]) => `${name}: ${value}\n`).join(''),
          )
        }
        return EXIT.yes
      }),
    )
}
