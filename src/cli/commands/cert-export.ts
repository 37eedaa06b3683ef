import type { Command } from 'commander'
import { CliError, usageError } from '../cli-error.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { pathExists } from '../path-exists.ts'
import { encodePkcs12 } from '../pkcs12.ts'
import { parsePrivateKey } from '../../identity/private-key.ts'
import { readPemOrDer } from '../read-input.ts'
import { readPassword } from '../read-password.ts'
import { addVerb } from '../verb.ts'
import { writeFileAtomically } from '../../files/write-file.ts'

interface Options {
  readonly pfx?: string
  readonly pem?: string
  readonly passwordFile?: string
  readonly name?: string
  readonly force?: true
}

/** `chancery cert export`. */
export function addCertExport(parent: Command, run: Run): void {
  addVerb(
    parent,
    'export',
    'pack the identity into one file: PKCS #12 for browsers and Java, or a PEM bundle',
    [
      'cert export --identity alice --pfx alice.p12',
      'cert export --identity alice --pfx alice.p12 --password-file secret.txt',
      'cert export --identity alice --pem alice.pem',
    ],
  )
    .option('--pfx <file>', 'write PKCS #12 with key and chain, encrypted under a password')
    .option('--pem <file>', 'write key and chain in PEM, not encrypted, mode 0600')
    .option('--password-file <file>', 'read the password from a file, `-` for standard input (default: ask)')
    .option('--name <text>', 'name that browsers show (default: name of the identity folder)')
    .option('--force', 'overwrite the file')
    .action((options: Options, command: Command) =>
      run(command, async (context) => {
        if ((options.pfx === undefined) === (options.pem === undefined))
          throw usageError('Give one of --pfx and --pem.')
        const path = options.pfx ?? options.pem!
        if (options.force !== true) await requireNoFile(path)
        const identity = await context.identity()
        const certificates = readPemOrDer(
          identity.certificatePem,
          'CERTIFICATE',
          `${identity.directory}/cert.pem`,
        )
        const data =
          options.pem === undefined
            ? encodePkcs12({
                key: parsePrivateKey(identity.keyPem, `${identity.directory}/key.pem`).key,
                certificates,
                friendlyName: options.name ?? identity.directory.split('/').at(-1) ?? 'chancery',
                password: await readPassword(context.io, options.passwordFile),
              })
            : Buffer.concat([identity.keyPem, identity.certificatePem])
        await writeFileAtomically(path, data, 0o600)
        context.note(`wrote ${path}\n`)
        return EXIT.yes
      }),
    )
}

async function requireNoFile(path: string): Promise<void> {
  if (await pathExists(path))
    throw new CliError(`${path} is there already.`, { advice: 'Choose another name, or give --force.' })
}
