import type { Command } from 'commander'
import { AuthorityServiceService } from '../../gen/chancery/v1/authority_service.ts'
import { CliError, usageError } from '../cli-error.ts'
import type { CommandContext, Run } from '../command-context.ts'
import { type VerifiedList, followLists } from '../crl-feed.ts'
import { EXIT } from '../exit-code.ts'
import { fetchShard } from '../fetch-shard.ts'
import { crlToJson, formatCrlRow, CRL_HEADINGS } from '../print-crl.ts'
import { formatTable } from '../format-table.ts'
import { MAX_CERTIFICATE_BYTES, MAX_CHAIN_CERTIFICATES } from '../../core/limits.ts'
import { encodePem } from '../../core/pem.ts'
import { parseCertificate } from '../../core/x509/certificate.ts'
import { readInput, readPemOrDer } from '../read-input.ts'
import type { RpcClient } from '../rpc-client.ts'
import { addVerb, collect, crlNumberOption } from '../verb.ts'
import { writeFileAtomically } from '../../files/write-file.ts'

interface Options {
  readonly authority: readonly string[]
  readonly out?: string
  readonly der?: true
  readonly atLeast?: bigint
  readonly shard?: string
}

/** `chancery crl fetch`. */
export function addCrlFetch(parent: Command, run: Run): void {
  addVerb(parent, 'fetch', 'fetch the current revocation lists and check their signatures', [
    'crl fetch --out chain.crl.pem',
    'crl fetch --authority issuing-1 --der --out issuing-1.crl',
    'crl fetch --authority issuing-1 --at-least 17 --out issuing-1.crl.pem',
    'crl fetch --shard alice/cert.pem --out shard.crl.pem',
  ])
    .option(
      '--authority <id>',
      'only this authority; repeat it (default: all, as nginx and OpenSSL need them)',
      collect,
      [],
    )
    .option(
      '--out <file>',
      'write the lists to this file, PEM one after the other (default: print what they are)',
    )
    .option('--der', 'one list in DER instead of PEM')
    .option(
      '--at-least <n>',
      'wait until the list of the one --authority has this number, as `cert revoke` gave it',
      crlNumberOption,
    )
    .option(
      '--shard <certificate>',
      'the one list that the certificate in this PEM or DER file names, over HTTP: with `crlShards`, that of its part',
    )
    .action((options: Options, command: Command) =>
      run(command, async (context) => {
        requireSense(options)
        const rpc = await context.connect()
        const fetched =
          options.shard === undefined
            ? await fetchWhole(rpc, options, context.timeoutMs)
            : [await fetchNamed(rpc, options.shard, context)]
        if (options.out !== undefined) {
          const ders = fetched.map(({ list }) => list.der)
          await writeFileAtomically(
            options.out,
            options.der === true ? ders[0]! : encodePem('X509 CRL', ders),
            0o644,
          )
        }
        context.printResult(
          () => fetched.map(({ authority, list }) => crlToJson(list, { authority })),
          () =>
            formatTable(
              ['AUTHORITY', ...CRL_HEADINGS],
              fetched.map(({ authority, list }) => [authority, ...formatCrlRow(list, context.io.now())]),
            ),
        )
        return EXIT.yes
      }),
    )
}

function requireSense({ authority, out, der, atLeast, shard }: Options): void {
  if (shard !== undefined && (authority.length > 0 || atLeast !== undefined))
    throw usageError('--shard goes with neither --authority nor --at-least: the certificate says which list.')
  if ((der === true || atLeast !== undefined) && authority.length !== 1 && shard === undefined)
    throw usageError('--der and --at-least need exactly one --authority.')
  if (der === true && out === undefined) throw usageError('--der needs --out FILE.')
}

async function fetchNamed(rpc: RpcClient, path: string, { io, timeoutMs }: CommandContext) {
  const bytes = await readInput(path, io.stdin, 2 * MAX_CERTIFICATE_BYTES * MAX_CHAIN_CERTIFICATES)
  const [der] = readPemOrDer(bytes, 'CERTIFICATE', path === '-' ? 'Standard input' : path)
  return fetchShard(rpc, parseCertificate(der!), io.now(), AbortSignal.timeout(timeoutMs))
}

async function fetchWhole(
  rpc: RpcClient,
  { authority, atLeast = 0n }: Options,
  timeoutMs: number,
): Promise<readonly VerifiedList[]> {
  const { authorities } = await rpc.call(AuthorityServiceService.listAuthorities, {})
  const wanted = authority.length > 0 ? authority : authorities.map(({ id }) => id)
  const lists = new Map<string, VerifiedList>()
  for await (const event of followLists(rpc, wanted, AbortSignal.timeout(timeoutMs))) {
    if (event.kind === 'list' && event.list.crlNumber! >= atLeast) lists.set(event.authority, event)
    if (wanted.every((id) => lists.has(id))) break
  }
  const fetched = wanted.map((id) => lists.get(id)).filter((list) => list !== undefined)
  if (fetched.length < wanted.length) {
    throw new CliError('The lists did not come in time, or the service ended the stream before.', {
      exitCode: EXIT.unavailable,
    })
  }
  return fetched
}
