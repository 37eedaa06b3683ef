import { type Command, Option } from 'commander'
import type { KeyType } from '../../signer/signer.ts'
import { adminDirectory, writeAdminIdentity } from '../admin-identity.ts'
import type { CommandContext, Run } from '../command-context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatFields } from '../format-table.ts'
import { pathExists } from '../path-exists.ts'
import { KEY_TYPES } from '../../identity/private-key.ts'
import { readPassword } from '../read-password.ts'
import { configOptions, decideConfig } from '../service-options.ts'
import { addVerb } from '../verb.ts'

interface Options {
  readonly data?: string
  readonly trustDomain?: string
  readonly publicUrl?: string
  readonly scopeOid?: string
  readonly keyType?: KeyType
  readonly passphraseFile?: string
  readonly renewAdmin?: true
}

/** `chancery init`. */
export function addInit(parent: Command, run: Run): void {
  addVerb(
    parent,
    'init',
    'make a new authority: database, root and issuing keys, and the identity of the administrator',
    [
      'init --data /var/lib/chancery --trust-domain example.org --public-url http://pki.example.org',
      'init --data authority --key-type p384 --passphrase-file secret.txt',
      'init --data /var/lib/chancery --renew-admin',
    ],
  )
    .option('--data <dir>', 'folder to make, mode 0700 (default: .chancery)')
    .option(
      '--trust-domain <name>',
      'trust domain of the SPIFFE IDs, fixed ever after (default: chancery.local)',
    )
    .option('--public-url <url>', 'where callers reach the lists over HTTP; goes into certificates')
    .option('--scope-oid <oid>', 'OID of the scope extension (default: one from the arc for examples)')
    .addOption(new Option('--key-type <type>', 'type of the CA keys (default: p256)').choices(KEY_TYPES))
    .option('--passphrase-file <file>', 'encrypt the CA keys under this passphrase; `-` for standard input')
    .option(
      '--renew-admin',
      'make nothing but a new identity for the administrator, unlocked and with every right, of an authority that is there',
    )
    .action((options: Options, command: Command) => run(command, (context) => init(context, options)))
}

async function init(context: CommandContext, options: Options): Promise<ExitCode> {
  const passphrase =
    options.passphraseFile === undefined ? undefined : await readPassword(context.io, options.passphraseFile)
  const config = await decideConfig(configOptions(options), context.io.environment, passphrase)
  const { dataDir, publicUrl, ocspInCertificates, keyPassphrase } = config
  const trustDomain = options.trustDomain ?? config.trustDomain
  const local = { dataDir, publicUrl, ocspInCertificates, passphrase: keyPassphrase }
  if (options.renewAdmin === true) {
    const mode = (await pathExists(adminDirectory(dataDir))) ? 'replace' : 'create'
    const directory = await writeAdminIdentity(local, mode)
    context.printResult(
      () => ({ data: dataDir, admin_identity: directory }),
      () => formatFields([['administrator', directory]]),
    )
    return EXIT.yes
  }
  const { initialize } = await import('../../compose.ts')
  const { authorities } = await initialize({
    ...local,
    trustDomain,
    ...(options.scopeOid === undefined ? {} : { scopeExtensionOid: options.scopeOid }),
    ...(options.keyType === undefined ? {} : { keyType: options.keyType }),
  })
  const directory = await writeAdminIdentity(local, 'create')
  context.printResult(
    () => ({
      data: dataDir,
      trust_domain: trustDomain,
      admin_identity: directory,
      authorities: [...authorities],
    }),
    () =>
      formatFields([
        ['data', dataDir],
        ['trust domain', trustDomain],
        ['authorities', authorities.map(({ id, role }) => `${id} (${role})`)],
        ['administrator', directory],
        ['next', `chancery serve --data ${dataDir}`],
        ['then', `chancery client add alice --scope bob.user.read --identity ${directory}`],
      ]),
  )
  return EXIT.yes
}
