import { BlockList, isIP } from 'node:net'
import type { ForwardedHeader } from '../../../../src/core/request/forwarded-certificate/forwarded-certificate.ts'
import type { HeaderField } from '../../../../src/core/request/http-request.ts'
import type { ReceivedRequest } from './received-request.ts'

/** The proxies in front of a server, and what they say. Headers of anybody else mean nothing. */
export interface TrustedProxyOptions {
  /** Their addresses: `10.0.0.7`, `10.1.0.0/16`, `::1`; `unix` for a Unix socket. Nobody else must be able to connect from there. */
  readonly addresses: readonly string[]
  /** The header in which they forward the certificate that their TLS proved, and which they overwrite. Default: none. */
  readonly certificate?: ForwardedHeader | undefined
  /** The header in which they pass on Host as their client sent it, such as `x-forwarded-host`. Default: they leave Host as it was. */
  readonly authority?: string | undefined
  /** The header in which they say `https` or `http`, such as `x-forwarded-proto`. Default: `https`. */
  readonly scheme?: string | undefined
}

/** Puts in what a trusted proxy says of a request; that of anybody else is returned as it is. */
export type ReadThroughProxy = (
  request: ReceivedRequest,
  remoteAddress: string | undefined,
) => ReceivedRequest

/** @throws TypeError if an address cannot be read: a slip must not trust anybody else. */
export function createProxyReader(proxy: TrustedProxyOptions | undefined): ReadThroughProxy {
  if (!proxy) return (request) => request
  const isTrusted = createAddressTest(proxy.addresses)
  return (request, remoteAddress) => {
    if (!isTrusted(remoteAddress)) return request
    const { authority, scheme, certificate } = proxy
    return {
      ...request,
      authority: authority === undefined ? request.authority : valuesOf(request.headers, authority),
      // What is neither is no scheme, and fails where it is signed.
      scheme: scheme !== undefined && valuesOf(request.headers, scheme) === 'http' ? 'http' : 'https',
      forwardedIn: certificate,
      chain: [],
    }
  }
}

/** Of several, all: two values are not one. */
function valuesOf(headers: readonly HeaderField[], name: string): string {
  const wanted = name.toLowerCase()
  return headers
    .filter((field) => field.name.toLowerCase() === wanted)
    .map(({ value }) => Buffer.from(value).toString('latin1'))
    .join(', ')
}

function createAddressTest(addresses: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList()
  const trustsUnix = addresses.includes('unix')
  for (const text of addresses.filter((address) => address !== 'unix')) {
    const [address = '', prefix, ...more] = text.split('/')
    const family = familyOf(address)
    const isPrefix = prefix === undefined || /^[0-9]{1,3}$/.test(prefix)
    if (family === undefined || !isPrefix || more.length > 0)
      throw new TypeError(`${text} is no address: write 10.0.0.7, 10.1.0.0/16, ::1 or unix.`)
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return (address) => {
    if (address === undefined) return trustsUnix
    // A socket for both families says IPv4 in the form of IPv6.
    const plain = address.replace(/^::ffff:(?=[0-9.]+$)/i, '')
    const family = familyOf(plain)
    return family !== undefined && list.check(plain, family)
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  if (version === 0) return undefined
  return version === 4 ? 'ipv4' : 'ipv6'
}
