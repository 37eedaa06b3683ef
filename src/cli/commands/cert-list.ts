import { type Command, Option } from 'commander'
import {
  CertificateServiceService,
  ListCertificatesRequest,
} from '../../gen/chancery/v1/certificate_service.ts'
import { Certificate, CertificateState } from '../../gen/chancery/v1/types.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { messageToJson } from '../format-json.ts'
import { formatNames, formatTable } from '../format-table.ts'
import { formatInstantWithDistance } from '../format-time.ts'
import { certificateStateName } from '../print-certificate.ts'
import { readPages } from '../read-pages.ts'
import { addVerb, instantOption } from '../verb.ts'

interface Options {
  readonly client?: string
  readonly scope?: string
  readonly state?: keyof typeof STATES
  readonly expiresBefore?: string
  readonly expiresAfter?: string
}

const STATES = {
  active: CertificateState.CERTIFICATE_STATE_ACTIVE,
  revoked: CertificateState.CERTIFICATE_STATE_REVOKED,
  expired: CertificateState.CERTIFICATE_STATE_EXPIRED,
} as const

/** `chancery cert list`. */
export function addCertList(parent: Command, run: Run): void {
  addVerb(parent, 'list', 'list issued certificates, newest first', [
    'cert list --client alice --state active',
    'cert list --scope bob.user.read',
    'cert list --expires-before 30d -o json',
  ])
    .option('--client <id>', 'only those of this client')
    .option('--scope <scope>', 'only those that carry this scope')
    .addOption(new Option('--state <state>', 'only those in this state').choices(Object.keys(STATES)))
    .option('--expires-before <instant>', 'only those that run out before this instant, or span from now')
    .option(
      '--expires-after <instant>',
      'only those that are good until this instant, or span from now, at least',
    )
    .action((options: Options, command: Command) =>
      run(command, async (context) => {
        const now = context.io.now()
        const parseInstantOption = instantOption(() => now)
        const filter = {
          pageSize: 1000,
          clientId: options.client ?? '',
          scope: options.scope ?? '',
          state:
            options.state === undefined
              ? CertificateState.CERTIFICATE_STATE_UNSPECIFIED
              : STATES[options.state],
          expiresBefore:
            options.expiresBefore === undefined ? undefined : parseInstantOption(options.expiresBefore),
          expiresAfter:
            options.expiresAfter === undefined ? undefined : parseInstantOption(options.expiresAfter),
        }
        const rpc = await context.connect()
        const certificates = await readPages(async (pageToken) => {
          const request = ListCertificatesRequest.fromPartial({ ...filter, pageToken })
          const page = await rpc.call(CertificateServiceService.listCertificates, request)
          return { items: page.certificates, nextPageToken: page.nextPageToken }
        })
        context.printResult(
          () => certificates.map((certificate) => messageToJson(Certificate, certificate)),
          () =>
            formatTable(
              ['SERIAL NUMBER', 'CLIENT', 'STATE', 'NOT AFTER', 'SCOPES'],
              certificates.map((certificate) => [
                certificate.serialNumber,
                certificate.clientId,
                certificateStateName(certificate.state),
                formatInstantWithDistance(certificate.notAfter, now),
                formatNames(certificate.scopes),
              ]),
            ),
        )
        return EXIT.yes
      }),
    )
}
