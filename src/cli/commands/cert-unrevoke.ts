import type { Command } from 'commander'
import {
  AuthorizationServiceService,
  UnrevokeCertificateResponse,
} from '../../gen/chancery/v1/authorization_service.ts'
import { readCertificateTarget } from '../certificate-target.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { messageToJson } from '../format-json.ts'
import { formatFields } from '../format-table.ts'
import { addVerb } from '../verb.ts'

/** `chancery cert unrevoke`. */
export function addCertUnrevoke(parent: Command, run: Run): void {
  addVerb(parent, 'unrevoke', 'lift the hold of a certificate; nothing else that revokes can be taken back', [
    'cert unrevoke 5f3a90c1',
    'cert unrevoke alice/cert.pem',
  ])
    .argument('<serial-or-file>', 'serial number in hex, or a certificate file')
    .option('--authority <id>', 'who issued the serial number (default: the issuing authority)')
    .action((serialOrFile: string, options: { readonly authority?: string }, command: Command) =>
      run(command, async (context) => {
        const target = await readCertificateTarget(context, serialOrFile, options.authority)
        const rpc = await context.connect()
        const response = await rpc.call(AuthorizationServiceService.unrevokeCertificate, { target })
        context.printResult(
          () => messageToJson(UnrevokeCertificateResponse, response),
          () =>
            formatFields([
              ['released', response.serialNumber],
              ['client', response.clientId],
              ['crl number', String(response.crlNumber)],
            ]),
        )
        return EXIT.yes
      }),
    )
}
