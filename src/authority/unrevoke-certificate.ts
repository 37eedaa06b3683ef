import { DomainError } from '../core/errors.ts'
import type { CertificateRecord, UnrevokeResult } from '../store/store.ts'
import { requireRight } from './access.ts'
import { renewLists, type RevocationAnnouncer } from './announce-revocations.ts'
import { keyCompromised } from './compromised-key.ts'
import type { Caller, Clock } from './ports.ts'
import { certificateNotFound } from './read-certificates.ts'
import { type CertificateTarget, resolveCertificate, type TargetDependencies } from './revocation-target.ts'

export interface UnrevokeCertificateResult {
  readonly certificate: CertificateRecord
  /** Number of the first list without it. */
  readonly crlNumber: bigint
}

/**
 * Lifts the hold of one certificate, which is good again from the next call on. Nothing else that revokes can be taken back.
 *
 * @throws {@link DomainError} CALLER_NOT_ALLOWED, FIELD_INVALID, CERTIFICATE_MALFORMED, CERTIFICATE_NOT_FOUND, AUTHORITY_NOT_FOUND, NOT_ON_HOLD,
 * CLIENT_LOCKED, PUBLIC_KEY_REJECTED
 */
export async function unrevokeCertificate(
  deps: TargetDependencies & Pick<RevocationAnnouncer, 'feed'> & { readonly clock: Clock },
  caller: Caller,
  request: { readonly target: CertificateTarget },
): Promise<UnrevokeCertificateResult> {
  requireRight(caller, 'chancery.certificates.revoke')
  const { authorityId, serialNumber } = await resolveCertificate(deps, request.target)
  const at = deps.clock.now()
  const result = await deps.store.certificates.unrevoke(
    { authorityId, serialNumber, at },
    {
      at,
      actor: caller.clientId,
      action: 'certificate.unrevoke',
      subject: serialNumber,
      details: { authority: authorityId },
    },
  )
  if (result.outcome === 'not_found') throw certificateNotFound(authorityId, serialNumber)
  if (result.outcome !== 'released') throw refuse(result)
  const { certificate, crlNumber } = result
  renewLists(deps, [certificate.authorityId])
  return { certificate, crlNumber }
}

function refuse({
  outcome,
  certificate,
}: Exclude<UnrevokeResult, { outcome: 'released' | 'not_found' }>): DomainError {
  const { authorityId, serialNumber, clientId, revocation } = certificate
  switch (outcome) {
    case 'not_on_hold':
      return new DomainError(
        'NOT_ON_HOLD',
        revocation === undefined
          ? `Certificate ${serialNumber} is not revoked.`
          : `Certificate ${serialNumber} is revoked for ${revocation.reason}, which is final. Only certificateHold can be lifted.`,
        {
          authority: authorityId,
          serial_number: serialNumber,
          revocation_reason: revocation?.reason ?? '',
        },
      )
    case 'client_locked':
      return new DomainError(
        'CLIENT_LOCKED',
        `Client ${clientId} is locked, and all it holds is on hold as long as it is. Unlock it first.`,
        { client_id: clientId },
      )
    case 'key_compromised':
      return keyCompromised()
  }
}
