import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import {
  AuthorizationServiceService,
  Decision,
  VerifyRequestRequest,
  VerifyRequestResponse,
} from '../../gen/chancery/v1/authorization_service.ts'
import { ScopeMatch } from '../../gen/chancery/v1/types.ts'
import { sha256 } from '../../core/crypto.ts'
import { findBearerToken } from '../../core/request/offered-proof.ts'
import {
  DEFAULT_AGE_WINDOW_SECONDS,
  DEFAULT_CLOCK_SKEW_SECONDS,
  MAX_BODY_BYTES,
  MAX_HEADER_BYTES,
} from '../../core/limits.ts'
import { CliError, usageError } from '../cli-error.ts'
import type { CommandContext, Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { messageToJson } from '../format-json.ts'
import { formatDecision } from '../print-decision.ts'
import { readData, readInput, readPemOrDer } from '../read-input.ts'
import { type HeaderPair, parseRequestLine } from '../../identity/request-line.ts'
import { parseHeaderLines } from '../curl-command.ts'
import { readJwks } from '../read-jwks.ts'
import { addVerb, collect, countOption, instantOption } from '../verb.ts'
import { verifyOffline } from '../verify-offline.ts'

interface Options {
  readonly method: string
  readonly url: string
  readonly header: readonly string[]
  readonly headers?: string
  readonly data?: string
  readonly requireScope: readonly string[]
  readonly any?: true
  readonly audience?: string
  readonly explain?: true
  readonly offline?: true
  readonly bundle?: string
  readonly crl: readonly string[]
  readonly trustDomain?: string
  readonly certificate?: string
  readonly jwks?: string
  readonly issuer?: string
  readonly at?: string
  readonly ageWindowSeconds?: number
  readonly clockSkewSeconds?: number
}

/** `chancery request verify`. */
export function addRequestVerify(parent: Command, run: Run): void {
  addVerb(
    parent,
    'verify',
    'ask whether a request may be served, signed or with a token; exit code 10 means no',
    [
      'request sign --identity alice --url https://bob.example/users/7 |\n' +
        '      chancery request verify --identity bob --url https://bob.example/users/7 --require-scope bob.user.read',
      'request verify --identity bob --url https://bob.example/users/7 --headers headers.txt --explain',
      'request verify --offline --bundle bundle.pem --crl chain.crl.pem --url https://bob.example/users/7 \\\n' +
        '      --headers headers.txt --at 2026-06-01T12:00:00Z --explain',
      'request verify --offline --bundle bundle.pem --crl lists.crl.pem --jwks jwks.json --certificate alice/cert.pem \\\n' +
        '      --url https://bob.example/users/7 --headers headers.txt',
    ],
  )
    .option('--method <method>', 'HTTP method', 'GET')
    .requiredOption('--url <url>', 'whole URL that the client addressed')
    .option('--header <line>', 'header line, `Name: value`; repeat it', collect, [])
    .option(
      '--headers <file>',
      'file of header lines, `-` for standard input (default when no --header is given)',
    )
    .option('--data <text>', 'body: the text, or @FILE')
    .option('--certificate <file>', 'certificate that TLS proved, for a token that is bound to it')
    .option('--require-scope <scope>', 'scope that serving it needs; repeat it', collect, [])
    .option('--any', 'one of the required scopes is enough')
    .option('--audience <name>', 'name of the resource server')
    .option('--explain', 'show every check')
    .option('--offline', 'decide here, without the service; nonces cannot be checked')
    .option(
      '--bundle <path>',
      'offline: CA certificates from `authority export`, or an identity folder (default: --identity)',
    )
    .option('--crl <file>', 'offline: revocation lists from `crl fetch`; repeat it', collect, [])
    .option(
      '--trust-domain <name>',
      "offline: the bundle's trust domain (default: the organization of its root)",
    )
    .option('--jwks <file>', 'offline: the keys of tokens, from /.well-known/jwks.json of the service')
    .option(
      '--issuer <name>',
      'offline: who issues tokens, `publicUrl` of the service (default: spiffe://TRUST-DOMAIN, as without one)',
    )
    .option('--at <instant>', 'offline: decide as of this instant (default: now)')
    .option(
      '--age-window-seconds <n>',
      `offline: \`ageWindowSeconds\` of the service (default: ${DEFAULT_AGE_WINDOW_SECONDS})`,
      countOption,
    )
    .option(
      '--clock-skew-seconds <n>',
      `offline: \`clockSkewSeconds\` of the service (default: ${DEFAULT_CLOCK_SKEW_SECONDS})`,
      countOption,
    )
    .action((options: Options, command: Command) =>
      run(command, async (context) => {
        const request = await buildRequest(context, options)
        const response = options.offline
          ? await askHere(context, options, request)
          : await ask(context, options, request)
        context.printResult(
          () => messageToJson(VerifyRequestResponse, response),
          () => formatDecision(response, context.io.now()),
        )
        switch (response.decision) {
          case Decision.DECISION_ALLOW:
            return EXIT.yes
          case Decision.DECISION_DENY:
            return EXIT.no
          case Decision.DECISION_UNSPECIFIED:
          case Decision.UNRECOGNIZED:
            throw new CliError('The service answered with neither ALLOW nor DENY; treat it as a denial.')
        }
      }),
    )
}

async function ask(
  context: CommandContext,
  options: Options,
  request: VerifyRequestRequest,
): Promise<VerifyRequestResponse> {
  const { bundle, crl, trustDomain, jwks, issuer, at, ageWindowSeconds, clockSkewSeconds } = options
  const given = [bundle, trustDomain, jwks, issuer, at, ageWindowSeconds, clockSkewSeconds]
  if (given.some((option) => option !== undefined) || crl.length > 0) {
    throw usageError(
      '--bundle, --crl, --trust-domain, --jwks, --issuer, --at, --age-window-seconds and --clock-skew-seconds mean nothing to the service.',
      'Add --offline.',
    )
  }
  const rpc = await context.connect()
  return rpc.call(AuthorizationServiceService.verifyRequest, request)
}

async function askHere(
  context: CommandContext,
  options: Options,
  request: VerifyRequestRequest,
): Promise<VerifyRequestResponse> {
  const { now } = context.io
  const { response, remarks } = await verifyOffline(request, {
    bundle: options.bundle ?? identityFolder(context),
    trustDomain: options.trustDomain,
    lists: options.crl,
    tokenKeys: options.jwks === undefined ? undefined : await readJwks(options.jwks, context.io.stdin),
    issuer: options.issuer,
    at: options.at === undefined ? now() : instantOption(now)(options.at),
    ageWindowSeconds: options.ageWindowSeconds ?? DEFAULT_AGE_WINDOW_SECONDS,
    clockSkewSeconds: options.clockSkewSeconds ?? DEFAULT_CLOCK_SKEW_SECONDS,
  })
  for (const remark of remarks) context.note(`${remark}\n`)
  return response
}

function identityFolder(context: CommandContext): string {
  try {
    return context.identityDirectory()
  } catch {
    throw usageError('There are no CA certificates to decide with.', 'Give --bundle FILE or --identity DIR.')
  }
}

async function buildRequest(context: CommandContext, options: Options): Promise<VerifyRequestRequest> {
  const line = parseRequestLine(options.method, options.url)
  const headers = (await readHeaders(context, options)).map(([name, value]) => ({
    name,
    value: Buffer.from(value, 'latin1'),
  }))
  const token = findBearerToken(headers)
  if (token === undefined && options.certificate !== undefined)
    throw usageError(
      '--certificate goes with a token, and the request has none or is signed.',
      'A token comes as `Authorization: Bearer TOKEN`, and counts in a request that is not signed.',
    )
  return VerifyRequestRequest.fromPartial({
    credential:
      token === undefined
        ? { $case: 'httpSignature', value: { ...line, headers, ...(await readBody(context, options)) } }
        : { $case: 'bearerToken', value: { token, ...(await readPresented(options)) } },
    requiredScopes: [...options.requireScope],
    match: options.any === true ? ScopeMatch.SCOPE_MATCH_ANY : ScopeMatch.SCOPE_MATCH_ALL,
    audience: options.audience ?? '',
    explain: options.explain ?? false,
  })
}

async function readBody({ io }: CommandContext, { data }: Options) {
  if (data === undefined) return {}
  return { body: wireBody(await readData(data, io.stdin, 1024 * MAX_BODY_BYTES)) }
}

/** What the resource server would have of the TLS of the connection. */
async function readPresented({ certificate: path }: Options) {
  if (path === undefined) return {}
  const certificateChainDer = readPemOrDer(await readFile(path), 'CERTIFICATE', path)
  return { presentedCertificate: { certificateChainDer: [...certificateChainDer] } }
}

function wireBody(
  body: Buffer,
): { $case: 'bodyBytes'; value: Buffer } | { $case: 'bodySha256'; value: Buffer } {
  return body.length <= MAX_BODY_BYTES
    ? { $case: 'bodyBytes', value: body }
    : { $case: 'bodySha256', value: Buffer.from(sha256(body)) }
}

async function readHeaders(context: CommandContext, options: Options): Promise<readonly HeaderPair[]> {
  const { stdin } = context.io
  const given = parseHeaderLines(options.header.join('\n'))
  if (options.headers !== undefined && options.headers !== '-') {
    return [...given, ...parseHeaderLines(await readFile(options.headers, 'latin1'))]
  }
  if (options.headers === undefined && given.length > 0) return given
  if (stdin.isTTY === true && options.headers === undefined) {
    throw usageError(
      'The request has no headers.',
      'Pipe them from `chancery request sign`, or give --header or --headers.',
    )
  }
  return [...given, ...parseHeaderLines((await readInput('-', stdin, MAX_HEADER_BYTES)).toString('latin1'))]
}
