import { parseBase64 } from '../../bytes.ts'
import { MalformedError } from '../../errors.ts'
import { MAX_CHAIN_CERTIFICATES } from '../../limits.ts'

/**
 * Reads `Client-Cert` and `Client-Cert-Chain` (RFC 9440 section 2): an Item and a List of Byte Sequences. No parameters: the RFC defines none, and
 * a comma in the Item would be a second certificate, from a header line that somebody else wrote.
 *
 * @param chain - Value of `Client-Cert-Chain`; empty for none. What it holds comes after the leaf; a root in it is harmless.
 * @throws {@link MalformedError} `forwarded.client_cert`, `forwarded.client_cert_chain`
 */
export function parseClientCert(value: string, chain: string): readonly Uint8Array[] {
  const leaf = parseByteSequence(value)
  if (!leaf) throw new MalformedError('forwarded.client_cert', 'Client-Cert is not one :base64: sequence')
  return chain === '' ? [leaf] : [leaf, ...parseSequences(chain)]
}

function parseSequences(text: string): Uint8Array[] {
  // Split no further than the limit: what lies beyond it is refused unread.
  const members = text.split(',', MAX_CHAIN_CERTIFICATES + 1)
  const sequences = members.map((member) => parseByteSequence(member.replace(/^[ \t]+|[ \t]+$/g, '')))
  if (members.length > MAX_CHAIN_CERTIFICATES || !sequences.every((sequence) => sequence !== undefined)) {
    throw new MalformedError(
      'forwarded.client_cert_chain',
      `Client-Cert-Chain is not a list of at most ${MAX_CHAIN_CERTIFICATES} :base64: sequences`,
    )
  }
  return sequences
}

/** RFC 9651 section 4.2.7, with padding required and no empty sequence. */
function parseByteSequence(text: string): Uint8Array | undefined {
  const base64 = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(text)?.[1]
  return base64 === undefined ? undefined : parseBase64(base64)
}
