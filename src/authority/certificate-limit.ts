import { DomainError } from '../core/errors.ts'
import type { Store } from '../store/store.ts'

/**
 * What storing another certificate would find out; asked where none is stored.
 *
 * @throws {@link DomainError} CERTIFICATE_LIMIT_REACHED
 */
export async function requireRoomForCertificate(
  store: Pick<Store, 'certificates'>,
  clientId: string,
  maxOfClient: number,
  at: Date,
): Promise<void> {
  const live = await store.certificates.countLive(clientId, at)
  if (live >= maxOfClient) throw certificateLimitReached(clientId, maxOfClient)
}

/** Refuses another certificate for a client that has as many as it may have. */
export function certificateLimitReached(clientId: string, maxOfClient: number): DomainError {
  const limit = String(maxOfClient)
  return new DomainError(
    'CERTIFICATE_LIMIT_REACHED',
    `Client ${clientId} has ${limit} certificates that are neither expired nor revoked, and gets no more. Revoke those that nobody uses, or ask for shorter ones.`,
    { client_id: clientId, limit },
  )
}
