import { formatBase64 } from './bytes.ts'

/** Writes DER as PEM: lines of 64 characters (RFC 7468 section 2). */
export function formatPem(label: string, der: Uint8Array): string {
  const lines = formatBase64(der).replaceAll(/.{1,64}/g, '$&\n')
  return `-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n`
}
