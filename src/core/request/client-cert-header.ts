import { parseBase64 } from '../bytes.ts'
import { MalformedError } from '../errors.ts'
import { MAX_CHAIN_CERTIFICATES } from '../limits.ts'
import type { OfferedChain } from './credential.ts'

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

/** A loop, because a pattern for the white space at an end takes quadratic time on a long run of it elsewhere. */
function trimWhiteSpace(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && isWhiteSpace(text[start])) start++
  while (end > start && isWhiteSpace(text[end - 1])) end--
  return text.slice(start, end)
}

function isWhiteSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}
