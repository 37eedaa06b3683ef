import { DomainError } from '../core/errors.ts'

/** Refuses another certificate for a client that has as many as it may have. */
export function certificateLimitReached(clientId: string, maxOfClient: number): DomainError {
  const limit = String(maxOfClient)
  return new DomainError(
    'CERTIFICATE_LIMIT_REACHED',
    `Client ${clientId} has ${limit} certificates that are neither expired nor revoked, and gets no more. Revoke those that nobody uses, or ask for shorter ones.`,
    { client_id: clientId, limit },
  )
}
