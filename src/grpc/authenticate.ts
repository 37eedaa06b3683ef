import { hasRight, requireRight } from '../authority/access.ts'
import type { Caller } from '../authority/ports.ts'
import { DomainError } from '../core/errors.ts'
import { METHOD_RIGHTS } from './method-rights.ts'
import type { PeerConnection } from './peer-connections.ts'

/** Says who shows these certificates. Asked before every call, so it must be fast, and must know of revocations at once. */
export interface Authenticator {
  /**
   * The TLS handshake proved the key of the first certificate; nothing else about the list is checked yet. One connection
   * always passes the same array, which may therefore key a cache.
   *
   * @throws {@link DomainError} CALLER_UNAUTHENTICATED or CALLER_REVOKED, with `deny_reason`
   */
  authenticate(chainDer: readonly Uint8Array[]): Promise<Caller>
}

/** @throws {@link DomainError} CALLER_UNAUTHENTICATED or CALLER_REVOKED */
export async function authenticate(
  authenticator: Authenticator,
  connection: PeerConnection | undefined,
): Promise<Caller> {
  if (connection === undefined || connection.chainDer.length === 0) {
    throw new DomainError(
      'CALLER_UNAUTHENTICATED',
      'The connection shows no client certificate. Call with a certificate that this authority issued, and its key.',
      { deny_reason: 'CREDENTIAL_MISSING' },
    )
  }
  return await authenticator.authenticate(connection.chainDer)
}

/**
 * Holds the caller's scopes against the table of rights. A method without an entry is refused.
 *
 * @throws {@link DomainError} CALLER_NOT_ALLOWED
 */
export function authorize(caller: Caller, method: string): void {
  const needed = METHOD_RIGHTS.get(method)
  if (needed === undefined) {
    throw new DomainError('CALLER_NOT_ALLOWED', 'No right is defined for this method, so nobody may call it.')
  }
  if (needed === 'authenticated') return
  // Without the scope, the use case lets a client act on itself and nobody else.
  if (needed.orSelf === true && !hasRight(caller, needed.right)) return
  requireRight(caller, needed.right)
}
