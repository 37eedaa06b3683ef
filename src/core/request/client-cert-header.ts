import { parseBase64 } from '../bytes.ts'
import { MalformedError } from '../errors.ts'
import { MAX_CHAIN_CERTIFICATES } from '../limits.ts'
import type { OfferedChain } from './credential.ts'
import { trimWhiteSpace } from './white-space.ts'

/**
 * Reads `X-Client-Cert`: base64 of DER, leaf first, intermediates after commas.
 *
 * @throws {@link MalformedError} `credential.base64`, `credential.chain_too_long`
 */
export function parseClientCertHeader(text: string): OfferedChain {
  // RFC 9110 section 5.6.1 allows white space around the commas of a list.
  const parts = text.split(',', MAX_CHAIN_CERTIFICATES + 1)
  if (parts.length > MAX_CHAIN_CERTIFICATES) {
    throw new MalformedError('credential.chain_too_long', `more than ${MAX_CHAIN_CERTIFICATES} certificates`)
  }
  return parts.map((part) => {
    const der = parseBase64(parts.length === 1 ? part : trimWhiteSpace(part))
    if (!der || der.length === 0)
      throw new MalformedError('credential.base64', 'X-Client-Cert is not base64 of certificates')
    return der
  })
}
