import { DomainError } from '../core/errors.ts'
import type { Caller } from './ports.ts'

/** The scopes that this service itself asks of its callers: what their certificates must carry (docs/protocol.md). */
export type Right =
  | 'chancery.certificates.issue'
  | 'chancery.certificates.revoke'
  | 'chancery.certificates.read'
  | 'chancery.requests.verify'
  | 'chancery.crl.read'
  | 'chancery.clients.read'
  | 'chancery.clients.write'
  | 'chancery.authorities.write'
  | 'chancery.tokens.issue'
  | 'chancery.tokens.revoke'

/** What `init` grants to its first client. */
export const ALL_RIGHTS: readonly Right[] = [
  'chancery.authorities.write',
  'chancery.certificates.issue',
  'chancery.certificates.read',
  'chancery.certificates.revoke',
  'chancery.clients.read',
  'chancery.clients.write',
  'chancery.crl.read',
  'chancery.requests.verify',
  'chancery.tokens.issue',
  'chancery.tokens.revoke',
]

/** True if the caller's certificate carries the scope. */
export function hasRight(caller: Caller, right: Right): boolean {
  return caller.scopes.includes(right)
}

/** @throws {@link DomainError} CALLER_NOT_ALLOWED */
export function requireRight(caller: Caller, right: Right): void {
  if (!hasRight(caller, right)) {
    throw new DomainError(
      'CALLER_NOT_ALLOWED',
      `The certificate of client ${caller.clientId} does not carry the scope ${right}, which this call needs.`,
      { required_scope: right },
    )
  }
}

/**
 * Lets a client act on itself without the scope.
 *
 * @throws {@link DomainError} CALLER_NOT_ALLOWED
 */
export function requireRightOrSelf(caller: Caller, clientId: string, right: Right): void {
  if (caller.clientId !== clientId) requireRight(caller, right)
}
