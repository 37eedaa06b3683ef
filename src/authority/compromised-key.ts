import { DomainError } from '../core/errors.ts'

/** Refuses a key that somebody else knows. */
export function keyCompromised(): DomainError {
  return new DomainError(
    'PUBLIC_KEY_REJECTED',
    'A certificate of this key was revoked because the key is known to someone else. Make a new key.',
    { field: 'key', defect: 'public_key.compromised' },
  )
}
