import { DomainError } from '../errors.ts'

/** A name that a server's certificate may carry: a DNS name, or an IP address in octets. */
export type HostName =
  { readonly type: 'dns'; readonly value: string } | { readonly type: 'ip'; readonly value: Uint8Array }

/** RFC 1123 labels. No wildcards: one certificate for every host of a zone is not a workload's identity. */
const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

const MAX_DNS_NAME_LENGTH = 253

/**
 * Takes a text as a DNS name in lower case, or as an IPv4 or IPv6 address.
 *
 * @throws {@link DomainError} FIELD_INVALID
 */
export function parseHostName(text: string, field = 'dns_names'): HostName {
  const address = parseIpv4(text) ?? parseIpv6(text)
  if (address) return { type: 'ip', value: address }
  if (isDnsName(text)) return { type: 'dns', value: text }
  throw new DomainError(
    'FIELD_INVALID',
    `${field}: not a lower-case DNS name without wildcard, nor an IP address`,
    { field },
  )
}

function isDnsName(text: string): boolean {
  if (text.length > MAX_DNS_NAME_LENGTH) return false
  const labels = text.split('.')
  // A last label of digits would be an IPv4 address, or half of one, to somebody.
  return labels.every((label) => DNS_LABEL.test(label)) && !/^\d+$/.test(labels.at(-1)!)
}

function parseIpv4(text: string): Uint8Array | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined
  const octets = text.split('.').map(Number)
  return octets.every((octet) => octet <= 255) ? Uint8Array.from(octets) : undefined
}

/** RFC 4291 section 2.2, forms 1 and 2; the mixed form with a dotted quad is not needed in a certificate. */
function parseIpv6(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f:]{2,39}$/.test(text)) return undefined
  const halves = text.split('::')
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  const given = groups.flat()
  const whole = halves.length === 1 ? given.length === 8 : halves.length === 2 && given.length <= 7
  if (!whole || !given.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return undefined
  const zeros = Array<string>(8 - given.length).fill('0')
  const values = [...groups[0]!, ...zeros, ...(groups[1] ?? [])].map((group) => Number.parseInt(group, 16))
  return Uint8Array.from(values.flatMap((value) => [value >> 8, value & 0xff]))
}
