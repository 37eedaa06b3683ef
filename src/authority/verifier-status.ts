import { MAX_STREAM_AUTHORITIES, MAX_VERIFIER_ID_LENGTH } from '../core/limits.ts'
import { requireRight } from './access.ts'
import type { CrlFeed } from './crl-feed.ts'
import { fieldInvalid } from './fields.ts'
import type { Authorities } from './issuing-authority.ts'
import type { Caller } from './ports.ts'
import { authorityOrIssuing } from './read-certificates.ts'
import type { VerifierPosition, VerifierRegistry, VerifierReport } from './verifier-registry.ts'

export interface VerifierStatusDependencies {
  readonly authorities: Authorities
  readonly feed: Pick<CrlFeed, 'current'>
  readonly verifiers: VerifierRegistry
}

/** A verifier with how far it is behind. */
export interface VerifierStatus extends Omit<VerifierReport, 'positions'> {
  readonly positions: readonly (VerifierPosition & {
    /** How many numbers the authority is ahead; 0 also for a verifier that claims more than there is. */
    readonly lag: bigint
  })[]
}

/**
 * Takes note of the numbers that a verifier has applied. The answer says which are current, so that one whose lists come through a relay that stands still
 * learns of it.
 *
 * @throws DomainError CALLER_NOT_ALLOWED, FIELD_INVALID, AUTHORITY_NOT_FOUND
 */
export function reportVerifierStatus(
  deps: VerifierStatusDependencies,
  caller: Caller,
  request: {
    readonly verifierId: string
    readonly positions: readonly { readonly authority: string; readonly crlNumber: bigint }[]
  },
): VerifierPosition[] {
  requireRight(caller, 'chancery.crl.read')
  const verifierId = parseVerifierId(request.verifierId)
  if (request.positions.length === 0 || request.positions.length > MAX_STREAM_AUTHORITIES)
    throw fieldInvalid('positions', `positions must name 1 to ${MAX_STREAM_AUTHORITIES} authorities.`)
  const positions = request.positions.map(({ authority, crlNumber }): VerifierPosition => {
    return { authorityId: authorityOrIssuing(deps.authorities, authority), crlNumber }
  })
  if (new Set(positions.map(({ authorityId }) => authorityId)).size < positions.length)
    throw fieldInvalid('positions.authority', 'positions names an authority twice.')
  deps.verifiers.report({ clientId: caller.clientId, verifierId, positions })
  return positions.map(({ authorityId }) => ({ authorityId, crlNumber: currentNumber(deps, authorityId) }))
}

/** @throws DomainError CALLER_NOT_ALLOWED */
export function listVerifiers(deps: VerifierStatusDependencies, caller: Caller): VerifierStatus[] {
  requireRight(caller, 'chancery.clients.read')
  return deps.verifiers.list().map((report) => ({
    ...report,
    positions: report.positions.map((position) => ({ ...position, lag: lagOf(deps, position) })),
  }))
}

/** How far the slowest verifier of each authority is behind, and how many there are. */
export function slowestVerifiers(
  deps: VerifierStatusDependencies,
): { authority: string; verifiers: number; lag: number }[] {
  const positions = deps.verifiers.list().flatMap((report) => report.positions)
  return deps.authorities.all.map(({ id: authority }) => {
    const lags = positions
      .filter(({ authorityId }) => authorityId === authority)
      .map((position) => Number(lagOf(deps, position)))
    return { authority, verifiers: lags.length, lag: Math.max(0, ...lags) }
  })
}

function lagOf(deps: VerifierStatusDependencies, { authorityId, crlNumber }: VerifierPosition): bigint {
  const lag = currentNumber(deps, authorityId) - crlNumber
  return lag > 0n ? lag : 0n
}

function currentNumber({ feed }: VerifierStatusDependencies, authorityId: string): bigint {
  return feed.current(authorityId)?.crlNumber ?? 0n
}

/** It ends up on terminals and in tables. */
function parseVerifierId(text: string): string {
  if (text.length > MAX_VERIFIER_ID_LENGTH || !/^[\x21-\x7e]+$/.test(text)) {
    throw fieldInvalid(
      'verifier_id',
      `verifier_id must be 1 to ${MAX_VERIFIER_ID_LENGTH} visible ASCII characters, such as the name of the host.`,
    )
  }
  return text
}
