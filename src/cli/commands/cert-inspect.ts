import type { Command } from 'commander'
import { CertificateServiceService } from '../../gen/chancery/v1/certificate_service.ts'
import { Certificate } from '../../gen/chancery/v1/types.ts'
import { AuthorityServiceService } from '../../gen/chancery/v1/authority_service.ts'
import { OID } from '../../core/asn1/oids.ts'
import { MAX_CERTIFICATE_BYTES } from '../../core/limits.ts'
import { parseCertificate } from '../../core/x509/certificate.ts'
import { CliError } from '../cli-error.ts'
import type { CommandContext, Run } from '../command-context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { type Json, messageToJson } from '../format-json.ts'
import { formatFields } from '../format-table.ts'
import { formatInstant } from '../format-time.ts'
import { isSerialNumber } from '../parse-serial.ts'
import { certificateStateName, certificateToJson, formatCertificate } from '../print-certificate.ts'
import { readInput, readPemOrDer } from '../read-input.ts'
import { addVerb } from '../verb.ts'

interface Options {
  readonly authority?: string
  readonly scopeOid: string
}

/** `chancery cert inspect`. */
export function addCertInspect(parent: Command, run: Run): void {
  addVerb(
    parent,
    'inspect',
    'show all that is in a certificate, scopes included; a file is read without the service',
    ['cert inspect alice/cert.pem', 'cert inspect 5f3a90c1 --identity admin', 'cert inspect - < cert.der'],
  )
    .argument(
      '<file-or-serial>',
      'PEM or DER file, `-` for standard input, or a serial number to ask the service for',
    )
    .option('--authority <id>', 'who issued the serial number (default: the issuing authority)')
    .option('--scope-oid <oid>', 'OID of the scope extension in files', OID.scopeExtension)
    .action((source: string, options: Options, command: Command) =>
      run(command, (context) =>
        isSerialNumber(source)
          ? inspectSerial(context, source, options)
          : inspectFile(context, source, options),
      ),
    )
}

async function inspectFile(context: CommandContext, path: string, options: Options): Promise<ExitCode> {
  const bytes = await readInput(path, context.io.stdin, 64 * MAX_CERTIFICATE_BYTES)
  const ders = readPemOrDer(bytes, 'CERTIFICATE', path === '-' ? 'Standard input' : path)
  const certificates = ders.map((der) => parseCertificate(der))
  context.printResult(
    () => certificates.map((certificate) => certificateToJson(certificate, options.scopeOid)),
    () =>
      certificates
        .map((certificate) => formatCertificate(certificate, options.scopeOid, context.io.now()))
        .join('\n'),
  )
  return EXIT.yes
}

async function inspectSerial(
  context: CommandContext,
  serialNumber: string,
  options: Options,
): Promise<ExitCode> {
  const rpc = await context.connect()
  const request = { serialNumber, authority: options.authority ?? '' }
  const { certificate: record } = await rpc.call(CertificateServiceService.getCertificate, request)
  if (record === undefined) throw new CliError('The service answered without the certificate.')
  const { scopeExtensionOid } = await rpc.call(AuthorityServiceService.getTrustBundle, {})
  const certificate = parseCertificate(record.certificateDer)
  context.printResult(
    () => ({
      ...(messageToJson(Certificate, record) as Readonly<Record<string, Json>>),
      content: certificateToJson(certificate, scopeExtensionOid),
    }),
    () =>
      formatFields([
        ['state', certificateStateName(record.state)],
        ['client', record.clientId],
        ['profile', record.profile],
        ['replaces', record.replacesSerialNumber || '-'],
        [
          'revoked',
          record.revokedAt === undefined
            ? '-'
            : `${formatInstant(record.revokedAt)}, crl ${record.crlNumber}`,
        ],
      ]) +
      '\n' +
      formatCertificate(certificate, scopeExtensionOid, context.io.now()),
  )
  return EXIT.yes
}
