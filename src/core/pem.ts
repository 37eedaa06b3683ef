import { formatBase64 } from './bytes.ts'

/** Every block of a PEM text (RFC 7468) with this label. */
export function decodePem(text: string, label: string): readonly Buffer[] {
  const pattern = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]*)-----END ${label}-----`, 'g')
  return Array.from(text.matchAll(pattern), ([, body]) => Buffer.from(body ?? '', 'base64'))
}

/** One PEM block per DER value. */
export function encodePem(label: string, ders: readonly Uint8Array[]): string {
  return ders.map((der) => formatPem(label, der)).join('')
}

/** Writes DER as PEM: lines of 64 characters (RFC 7468 section 2). */
export function formatPem(label: string, der: Uint8Array): string {
  const lines = formatBase64(der).replaceAll(/.{1,64}/g, '$&\n')
  return `-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n`
}
