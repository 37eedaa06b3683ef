import type { UnrevokeCertificateRequest } from '../gen/chancery/v1/authorization_service.ts'
import { MAX_CERTIFICATE_BYTES } from '../core/limits.ts'
import type { CommandContext } from './command-context.ts'
import { isSerialNumber } from './parse-serial.ts'
import { readInput, readPemOrDer } from './read-input.ts'

/** Reads an argument that names one certificate: a serial number in hex, or a file whose first certificate it is. */
export async function readCertificateTarget(
  { io }: CommandContext,
  serialOrFile: string,
  authority: string | undefined,
): Promise<NonNullable<UnrevokeCertificateRequest['target']>> {
  if (isSerialNumber(serialOrFile))
    return { $case: 'serial', value: { serialNumber: serialOrFile, authority: authority ?? '' } }
  const bytes = await readInput(serialOrFile, io.stdin, 16 * MAX_CERTIFICATE_BYTES)
  return { $case: 'certificateDer', value: readPemOrDer(bytes, 'CERTIFICATE', serialOrFile)[0]! }
}
