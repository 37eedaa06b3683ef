import { DomainError } from '../core/errors.ts'
import type { Caller } from './ports.ts'

/**
 * Asks whether the caller's word for a forwarded certificate counts. The header proves nothing by itself: whoever can write it can put any
 * certificate into it, and certificates are public. So the operator names who may: proxies that ask for themselves, and resource servers
 * that nobody but such a proxy can reach. The right to call is not enough.
 *
 * An error and not a denial: nothing is wrong with the request, but with who vouches for it.
 *
 * @throws {@link DomainError} PROXY_NOT_TRUSTED
 */
export function requireTrustedProxy(caller: Caller, trustedProxies: readonly string[]): void {
  if (trustedProxies.includes(caller.clientId)) return
  throw new DomainError(
    'PROXY_NOT_TRUSTED',
    `The caller ${caller.clientId} is not one of trustedProxies, so that a certificate in a header is no proof from it.`,
    { client_id: caller.clientId },
  )
}
