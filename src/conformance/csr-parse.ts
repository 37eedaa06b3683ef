import { DomainError } from '../core/errors.ts'
import { parseCsr, verifyCsr } from '../core/x509/csr.ts'
import { formatName } from '../core/x509/name.ts'
import { checkPublicKey } from '../core/x509/public-key.ts'
import { type Case, readBytes } from './case-fields.ts'
import { type Verdict, accept, parsing, refuse } from './verdict.ts'

/** `csr.parse`: reads a request strictly, checks that its key is allowed and that the sender holds it. */
export async function runCsrParse(given: Case): Promise<Verdict> {
  const der = readBytes(given, 'der')
  const read = parsing('CSR_MALFORMED', () => parseCsr(der))
  if ('refused' in read) return read.refused
  const key = parsing('PUBLIC_KEY_REJECTED', () => checkPublicKey(read.parsed.publicKey))
  if ('refused' in key) return key.refused
  try {
    const { type, bits } = await verifyCsr(read.parsed)
    return accept({ subject: formatName(read.parsed.subject), key_type: type, key_bits: bits })
  } catch (error) {
    if (error instanceof DomainError) return refuse(error.reason, error.message)
    throw error
  }
}
