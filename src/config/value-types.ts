import { isIP, isIPv6 } from 'node:net'
import { z } from 'zod'
import { isClientId } from '../core/issuance/client-identity.ts'

/** Where a listener listens. Port 0 lets the system choose. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** A kind of value: how it is checked, how it is read from a flag or variable, and what it says in the documentation. */
export interface ValueType<T> {
  readonly schema: z.ZodType<T>
  /** What is allowed, for people. */
  readonly range: string
  /** Turns text into what the schema takes; text that does not fit is passed on, for the schema to refuse. */
  readonly fromText: (text: string) => unknown
}

const asIs = (text: string): unknown => text

export function integer(min: number, max: number): ValueType<number> {
  const message = `must be a whole number from ${min} to ${max}`
  return {
    schema: z.number({ error: message }).int(message).min(min, message).max(max, message),
    range: `${min} to ${max}`,
    fromText: (text) => (/^\d{1,15}$/.test(text.trim()) ? Number(text) : text),
  }
}

export function oneOf<const T extends string>(...values: readonly T[]): ValueType<T> {
  const range = values.map((value) => `\`${value}\``).join(', ')
  return { schema: z.enum(values, { error: `must be one of ${values.join(', ')}` }), range, fromText: asIs }
}

export function folder(): ValueType<string> {
  const message = 'must be the path of a folder'
  return { schema: z.string({ error: message }).min(1, message), range: 'a path', fromText: asIs }
}

export function secret(minLength: number): ValueType<string> {
  const message = `must have at least ${minLength} characters`
  return {
    schema: z.string({ error: message }).min(minLength, message),
    range: message.slice(5),
    fromText: asIs,
  }
}

const ADDRESS = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/

export function listenAddress(): ValueType<ListenAddress> {
  const message = 'must be HOST:PORT, with an IPv6 address in brackets; port 0 lets the system choose'
  return {
    schema: z.string({ error: message }).transform((text, context): ListenAddress => {
      const [, v6, name, digits] = ADDRESS.exec(text) ?? []
      const host = v6 ?? name
      const port = Number(digits)
      const good = v6 === undefined ? name !== undefined && (isIP(name) === 4 || isDnsName(name)) : isIPv6(v6)
      if (host !== undefined && good && port <= 65_535) return { host, port }
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }),
    range: '`HOST:PORT`',
    fromText: asIs,
  }
}

export function baseUrl(): ValueType<string> {
  const message = 'must be an http or https URL without credentials, query, fragment or trailing slash'
  const fits = (text: string) => {
    const url = URL.parse(text)
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false
    if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return false
    return !text.endsWith('/') && !/[?#@\s]/.test(text)
  }
  return {
    schema: z.string({ error: message }).max(200, message).refine(fits, message),
    range: 'a URL',
    fromText: asIs,
  }
}

/** A base URL for what must not be asked for in the clear. */
export function httpsUrl(): ValueType<string> {
  const message = 'must be an https URL without credentials, path, query, fragment or trailing slash'
  const fits = (text: string) => text.startsWith('https://') && URL.parse(text)?.origin === text
  return {
    schema: z.string({ error: message }).max(200, message).refine(fits, message),
    range: 'an https URL',
    fromText: asIs,
  }
}

export function trustDomain(): ValueType<string> {
  const message = 'must be a lower-case DNS-like name of at most 255 characters, as SPIFFE has it'
  const fits = (text: string) => /^[a-z0-9](?:[a-z0-9._-]{0,253}[a-z0-9])?$/.test(text)
  return { schema: z.string({ error: message }).refine(fits, message), range: 'a name', fromText: asIs }
}

export function hostNames(max: number): ValueType<readonly string[]> {
  const message = 'must be DNS names or IP addresses'
  const fits = (name: string) => isIP(name) !== 0 || isDnsName(name)
  return {
    schema: z
      .array(z.string({ error: message }).refine(fits, message), { error: message })
      .min(1, 'must name at least one host')
      .max(max, `must name at most ${max} hosts`)
      .readonly(),
    range: `1 to ${max} DNS names or IP addresses`,
    fromText: (text) => text.split(',').map((name) => name.trim()),
  }
}

/** Whoever opens the Unix socket of the auth endpoint, who shows no certificate. No client can have this id. */
export const AUTH_SOCKET_CALLER = 'unix:auth'

/** Ids of clients, and the callers of the Unix socket; none is allowed. */
export function proxyNames(max: number): ValueType<readonly string[]> {
  const message = `must be client ids (1 to 64 of a-z, 0-9, ., _ and -, starting with a letter or digit) or ${AUTH_SOCKET_CALLER}`
  const fits = (name: string) => name === AUTH_SOCKET_CALLER || isClientId(name)
  return {
    schema: z
      .array(z.string({ error: message }).refine(fits, message), { error: message })
      .max(max, `must name at most ${max} clients`)
      .readonly(),
    range: `up to ${max} client ids; \`${AUTH_SOCKET_CALLER}\` for the callers of \`authSocket\``,
    fromText: (text) => (text.trim() === '' ? [] : text.split(',').map((name) => name.trim())),
  }
}

/** Where a Unix socket is made. */
export function socketPath(): ValueType<string> {
  // The kernel's limit. A relative path would depend on where the service was started.
  const message = 'must be an absolute path of at most 107 octets'
  const fits = (path: string) =>
    path.startsWith('/') && Buffer.byteLength(path) <= 107 && !path.includes('\0')
  return {
    schema: z.string({ error: message }).refine(fits, message),
    range: message.slice(8),
    fromText: asIs,
  }
}

function isDnsName(name: string): boolean {
  return (
    name.length <= 253 &&
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(name)
  )
}
