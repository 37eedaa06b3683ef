import { readFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { IssueCertificateResponse } from '../../gen/chancery/v1/authorization_service.ts'
import { MAX_CSR_BYTES } from '../../core/limits.ts'
import type { KeyType } from '../../signer/signer.ts'
import { usageError } from '../cli-error.ts'
import type { CommandContext, Run } from '../command-context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { createIdentity, requireVacant, swapIdentity } from '../../identity/identity-folder.ts'
import { issueForCsr, issueForKey, toIdentityFiles } from '../../rpc/issue-certificate.ts'
import { pathExists } from '../path-exists.ts'
import { printIssued } from '../print-issued.ts'
import {
  KEY_TYPES,
  type PrivateKey,
  generatePrivateKey,
  parsePrivateKey,
} from '../../identity/private-key.ts'
import { readInput, readPemOrDer } from '../read-input.ts'
import { addVerb, collect, spanOption } from '../verb.ts'

interface Options {
  readonly out?: string
  readonly keyType?: KeyType
  readonly scope: readonly string[]
  readonly validity?: number
  readonly profile?: string
  readonly key?: string
  readonly csr?: string
  readonly idempotencyKey?: string
  readonly dryRun?: true
  readonly force?: true
}

/** `chancery cert issue`. */
export function addCertIssue(parent: Command, run: Run): void {
  addVerb(
    parent,
    'issue',
    'make a key and have it certified: an identity folder with key.pem, cert.pem and ca.pem',
    [
      'cert issue alice --out alice',
      'cert issue alice --out alice --scope bob.user.read --validity 12h --key-type ed25519',
      'cert issue alice --out alice --csr alice.csr',
    ],
  )
    .argument('<client-id>', 'which client the certificate is for')
    .option('--out <dir>', 'folder to make; needed unless --dry-run')
    .addOption(new Option('--key-type <type>', 'type of the new key (default: p256)').choices(KEY_TYPES))
    .option(
      '--scope <scope>',
      'scope to carry, of those granted; repeat it (default: all granted)',
      collect,
      [],
    )
    .option(
      '--validity <span>',
      'how long, such as 30s, 12h or 90d (default: that of the profile)',
      spanOption,
    )
    .option('--profile <name>', 'issuance profile (default: client)')
    .option('--key <file>', 'certify this private key instead of a new one; it is copied into the folder')
    .option(
      '--csr <file>',
      'send this request, PEM or DER (`-` for standard input); the key stays where it is',
    )
    .option(
      '--idempotency-key <text>',
      'repeat a call with the same --csr under the same key to get the same certificate',
    )
    .option('--dry-run', 'run every check, issue nothing and write nothing')
    .option('--force', 'replace the identity that is in the folder')
    .action((clientId: string, options: Options, command: Command) =>
      run(command, (context) => issue(context, clientId, options)),
    )
}

async function issue(context: CommandContext, clientId: string, options: Options): Promise<ExitCode> {
  const { out } = options
  if (out === undefined && options.dryRun !== true)
    throw usageError('Name the folder to make with --out DIR.')
  if ([options.csr, options.key, options.keyType].filter((given) => given !== undefined).length > 1) {
    throw usageError('Give one of --csr, --key and --key-type.')
  }
  if (options.idempotencyKey !== undefined && options.csr === undefined) {
    throw usageError(
      '--idempotency-key needs --csr FILE: without it each call makes another request, and a retry would be refused.',
      'Make a request once, such as `openssl req -new -key key.pem -subj /CN=alice -out alice.csr`, and send that file each time.',
    )
  }
  // Before anything is issued: a certificate that cannot be written down is lost.
  if (out !== undefined && options.force !== true) await requireVacant(out)
  const request = {
    clientId,
    scopes: options.scope.length > 0 ? options.scope : undefined,
    profile: options.profile,
    validitySeconds: options.validity,
    idempotencyKey: options.idempotencyKey,
    dryRun: options.dryRun,
  }
  const rpc = await context.connect()
  const key = options.csr === undefined ? await openKey(options) : undefined
  const response =
    key === undefined
      ? await issueForCsr(rpc, await readCsr(context, options.csr!), request)
      : await issueForKey(rpc, key, request)
  if (out !== undefined && options.dryRun !== true) {
    const files = await toIdentityFiles(rpc, response, key)
    const exists = options.force === true && (await pathExists(out))
    await (exists ? swapIdentity(out, files) : createIdentity(out, files))
  }
  printIssued(context, IssueCertificateResponse, response, options.dryRun === true ? undefined : out)
  return EXIT.yes
}

async function openKey(options: Options): Promise<PrivateKey> {
  if (options.key === undefined) return generatePrivateKey(options.keyType ?? 'p256')
  return parsePrivateKey(await readFile(options.key), options.key)
}

async function readCsr(context: CommandContext, path: string): Promise<Buffer> {
  // PEM is a third larger than what it holds.
  const bytes = await readInput(path, context.io.stdin, 2 * MAX_CSR_BYTES)
  const name = path === '-' ? 'Standard input' : path
  const [csr] = readPemOrDer(
    bytes,
    bytes.includes('BEGIN NEW ') ? 'NEW CERTIFICATE REQUEST' : 'CERTIFICATE REQUEST',
    name,
  )
  return csr!
}
