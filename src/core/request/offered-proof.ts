import type { HeaderField } from './http-request.ts'

const SIGNATURE_HEADERS: ReadonlySet<string> = new Set([
  'signature',
  'signature-input',
  'x-client-cert',
  'x-signature',
])

/** True if a request tries to be signed, in either profile. */
export function isSigned(headers: readonly HeaderField[]): boolean {
  return headers.some(({ name }) => SIGNATURE_HEADERS.has(name.toLowerCase()))
}

/**
 * The token that a request is to be judged by: what follows `Bearer` in its Authorization (RFC 6750 section 2.1). `undefined` without one, and for a request that
 * tries to be signed, which is never judged by a token: its Authorization may be for somebody behind us, and a signature that fails must not be made good by
 * a token that somebody else may have sent along.
 */
export function findBearerToken(headers: readonly HeaderField[]): string | undefined {
  if (isSigned(headers)) return undefined
  const values = headers
    .filter(({ name }) => name.toLowerCase() === 'authorization')
    .map(({ value }) => Buffer.from(value).toString('latin1'))
  if (!values.some((value) => BEARER.test(value))) return undefined
  // A second line makes a list of it (RFC 9110 section 5.3), and a list is no token.
  return values.join(',').replace(BEARER, '').replace(/^ +/, '')
}

const BEARER = /^bearer(?=\s|$)/i
