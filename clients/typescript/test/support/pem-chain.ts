import { X509Certificate } from 'node:crypto'

/** The certificates of a PEM text, DER, in their order. */
export function parsePemChain(pem: string): readonly Uint8Array[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.map((block) => new X509Certificate(block).raw)
}
