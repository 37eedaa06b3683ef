import type { Command } from 'commander'
import { MAX_CERTIFICATE_BYTES, MAX_CRL_BYTES } from '../../core/limits.ts'
import { parseCertificate } from '../../core/x509/certificate.ts'
import { parseCrl, verifyCrlSignature } from '../../core/x509/crl.ts'
import { sameName } from '../../core/x509/name.ts'
import type { Certificate, CertificateList } from '../../core/x509/types.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { type Json } from '../format-json.ts'
import { crlEntriesToJson, crlToJson, formatCrl } from '../print-crl.ts'
import { readInput, readPemOrDer } from '../read-input.ts'
import { addVerb, countOption } from '../verb.ts'

interface Options {
  readonly ca?: string
  readonly limit: number
}

const DEFAULT_LIMIT = 100

/** `chancery crl inspect`. */
export function addCrlInspect(parent: Command, run: Run): void {
  addVerb(parent, 'inspect', 'show what is in a revocation list, without the service', [
    'crl inspect issuing-1.crl',
    'crl inspect chain.crl.pem --ca bundle.pem',
  ])
    .argument('<file>', 'PEM or DER file, `-` for standard input')
    .option('--ca <file>', 'check the signatures against these CA certificates; exit code 10 if one fails')
    .option('--limit <n>', 'show this many entries at most', countOption, DEFAULT_LIMIT)
    .action((path: string, options: Options, command: Command) =>
      run(command, async (context) => {
        const { stdin, now } = context.io
        const bytes = await readInput(path, stdin, 2 * MAX_CRL_BYTES)
        const lists = readPemOrDer(bytes, 'X509 CRL', path === '-' ? 'Standard input' : path).map((der) =>
          parseCrl(der),
        )
        const issuers = options.ca === undefined ? undefined : await readIssuers(options.ca, stdin)
        const signed = issuers && (await Promise.all(lists.map((list) => checkSignature(list, issuers))))
        context.printResult(
          () =>
            lists.map((list, index): Json => ({
              ...(crlToJson(list) as Readonly<Record<string, Json>>),
              ...(signed === undefined ? {} : { signature: signed[index]! }),
              entries: crlEntriesToJson(list, options.limit),
            })),
          () =>
            lists
              .map((list, index) => {
                const verdict = signed?.[index] ?? 'not checked; see --ca'
                return `${formatCrl(list, now(), options.limit)}signature check: ${verdict}\n`
              })
              .join('\n'),
        )
        return signed === undefined || signed.every((verdict) => verdict === 'good') ? EXIT.yes : EXIT.no
      }),
    )
}

async function readIssuers(
  path: string,
  stdin: Parameters<typeof readInput>[1],
): Promise<readonly Certificate[]> {
  const bytes = await readInput(path, stdin, 64 * MAX_CERTIFICATE_BYTES)
  return readPemOrDer(bytes, 'CERTIFICATE', path).map((der) => parseCertificate(der))
}

/** A list whose issuer was not given is not known to be bad, and not known to be good either. */
async function checkSignature(
  list: CertificateList,
  issuers: readonly Certificate[],
): Promise<'good' | 'bad' | 'issuer not in --ca'> {
  const named = issuers.filter((issuer) => sameName(issuer.subject, list.issuer))
  for (const issuer of named) if (await verifyCrlSignature(list, issuer)) return 'good'
  return named.length === 0 ? 'issuer not in --ca' : 'bad'
}
