import type { Command } from 'commander'
import { AuthorityServiceService } from '../../gen/chancery/v1/authority_service.ts'
import { CliError, usageError } from '../cli-error.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { encodePem } from '../../core/pem.ts'
import { addVerb } from '../verb.ts'
import { writeFileAtomically } from '../../files/write-file.ts'

interface Options {
  readonly out?: string
  readonly der?: true
}

/** `chancery authority export`. */
export function addAuthorityExport(parent: Command, run: Run): void {
  addVerb(parent, 'export', 'print CA certificates, for the trust settings of other software', [
    'authority export > bundle.pem',
    'authority export root --out root.pem',
    'authority export root --der --out root.crt',
  ])
    .argument('[authority-id]', 'which one (default: all of them, the root first)')
    .option('--out <file>', 'write to this file')
    .option('--der', 'one certificate in DER instead of PEM')
    .action((id: string | undefined, options: Options, command: Command) =>
      run(command, async (context) => {
        const rpc = await context.connect()
        const { authorities } = await rpc.call(AuthorityServiceService.listAuthorities, {})
        const chosen = id === undefined ? authorities : authorities.filter((authority) => authority.id === id)
        if (chosen.length === 0) {
          throw new CliError(`There is no authority ${id ?? ''}.`, {
            exitCode: EXIT.notFound,
            advice: 'See `chancery authority list` for the ids.',
          })
        }
        const ders = chosen.map((authority) => authority.certificateDer)
        if (options.der === true && ders.length !== 1)
          throw usageError('Name one authority: DER holds one certificate.')
        const data = options.der === true ? ders[0]! : encodePem('CERTIFICATE', ders)
        if (options.out !== undefined) await writeFileAtomically(options.out, data, 0o644)
        else context.io.stdout.write(data)
        return EXIT.yes
      }),
    )
}
