import type { ClientIdentity } from '../issuance/client-identity.ts'
import type { OfferedChain } from '../request/credential.ts'
import { recallPath } from './certificate-cache.ts'
import type { Principal, TrustContext } from './decision.ts'
import { type Denial, deny, firstDenial, isDenial } from './denial.ts'
import type { PathLink, RevocationSource, RevocationState, Standing } from './revocation-source.ts'
import { type Trail, amount } from './trail.ts'
import { type VerifiedPath, chainKey, parseChain, verifyPath, withoutOurs } from './verified-path.ts'

/** What was established about the one who asks, also when a later check denies. */
export interface Findings {
  principal?: Principal
  scopes?: readonly string[]
  state?: RevocationState | undefined
  /** Until when what is known of revocation may be relied on, where there is an end to it. */
  reliedUntil?: Date | undefined
}

/** A client whose certificate is good at the instant. That it holds the key is for someone else to prove. */
export interface IdentifiedClient {
  readonly path: VerifiedPath
  readonly principal: Principal
  readonly scopes: readonly string[]
}

/**
 * Judges a certificate: who it is, whether it is good now, and what it carries. The one function behind requests, presented
 * certificates and the service's own callers.
 *
 * @param clientId - for a certificate that a token is bound to: the client of the token, which must be that of the certificate
 */
export async function identifyClient(
  chain: OfferedChain,
  context: TrustContext,
  trail: Trail,
  findings: Findings,
  clientId?: string,
): Promise<IdentifiedClient | Denial> {
  const path = await findPath(chain, context, trail)
  return isDenial(path) ? path : identifyHolder(path, context.revocation, trail, findings, clientId)
}

/** The part of {@link identifyClient} that is asked anew each time, also about a path that was verified before. */
export function identifyHolder(
  path: VerifiedPath,
  revocation: RevocationSource,
  trail: Trail,
  findings: Findings,
  clientId?: string,
): IdentifiedClient | Denial {
  const identity = trail.note(
    'certificate.subject',
    checkSubject(path.identity, clientId),
    ({ spiffeId }) => `The subject is ${spiffeId}.`,
  )
  if (isDenial(identity)) return identity
  const principal = describePrincipal(path, identity)
  findings.principal = principal
  findings.state = principal.authorityId === undefined ? undefined : revocation.state(principal.authorityId)

  const standing = trail.note(
    'certificate.revocation',
    checkRevocation(path, revocation),
    () => `None of ${path.links.length} certificates is revoked.`,
  )
  if (isDenial(standing)) return standing
  findings.reliedUntil = standing.until
  if (standing.clientState === undefined) {
    trail.skip('client.state', 'This verifier knows certificates only.')
  } else {
    const state = trail.note(
      'client.state',
      checkClientState(standing.clientState, identity.clientId),
      () => 'The client is active.',
    )
    if (isDenial(state)) return state
  }

  const scopes = trail.note(
    'scopes.parse',
    path.scopes,
    (found) => `The certificate carries ${amount(found.length, 'scope')}.`,
  )
  if (isDenial(scopes)) return scopes
  findings.scopes = scopes
  return { path, principal, scopes }
}

function checkSubject(
  identity: ClientIdentity | Denial,
  clientId: string | undefined,
): ClientIdentity | Denial {
  if (isDenial(identity) || clientId === undefined || identity.clientId === clientId) return identity
  return deny(
    'SUBJECT_INVALID',
    `The certificate is one of ${identity.clientId}, the token one of ${clientId}.`,
  )
}

async function findPath(
  chain: OfferedChain,
  { trust, cache, at }: TrustContext,
  trail: Trail,
): Promise<VerifiedPath | Denial> {
  const foreign = withoutOurs(chain, trust)
  const key = chainKey(foreign)
  const known = recallPath(cache, key, trust, at)
  const parsed = trail.note('certificate.parse', known?.chain ?? parseChain(foreign), () =>
    describeChain(chain),
  )
  if (isDenial(parsed)) return parsed
  const path = trail.note('certificate.path', known ?? (await verifyPath(parsed, trust, at)), describePath)
  // With others beside it, whoever knows one certificate could fill the cache.
  if (!isDenial(path) && !known && foreign.length === 1) cache.set(key, path)
  return path
}

function describeChain({ length }: OfferedChain): string {
  return length === 1
    ? 'The certificate is strict DER.'
    : `The certificate and ${amount(length - 1, 'other')} are strict DER.`
}

function describePath({ links }: VerifiedPath): string {
  return `A path of ${links.length + 1} certificates leads to a trusted root.`
}

function describePrincipal(path: VerifiedPath, identity: ClientIdentity): Principal {
  const link = path.links[0]!
  return {
    ...identity,
    authorityId: link.authorityId,
    serialNumber: link.serialNumber,
    certificateSha256: link.sha256,
    notAfter: path.chain.leaf.notAfter,
    tokenId: undefined,
  }
}

type GoodStanding = Extract<Standing, { standing: 'good' }>

/** Every certificate but the anchor must be good. All are asked, so that the reason does not depend on their order. */
function checkRevocation(path: VerifiedPath, source: RevocationSource): GoodStanding | Denial {
  const denials: Denial[] = []
  let leafStanding: GoodStanding | undefined
  let until: Date | undefined
  for (const link of path.links) {
    const standing = source.standing(link)
    if (standing.standing !== 'good') {
      denials.push(denyStanding(link, standing))
      continue
    }
    if (link.isLeaf) leafStanding = standing
    if (standing.until && (!until || standing.until < until)) until = standing.until
  }
  if (denials.length > 0) return firstDenial(denials)!
  return leafStanding
    ? { ...leafStanding, until }
    : deny('REVOCATION_UNKNOWN', 'The certificate was not judged.')
}

function denyStanding(link: PathLink, standing: Exclude<Standing, GoodStanding>): Denial {
  const which = `${link.isLeaf ? 'The certificate' : 'The authority certificate'} ${link.serialNumber}`
  switch (standing.standing) {
    case 'revoked':
      return deny(
        'CERTIFICATE_REVOKED',
        `${which} was revoked at ${standing.revokedAt.toISOString()} (${standing.reason}).${
          standing.isClientLocked === true ? ' Its client is locked.' : ''
        }`,
      )
    case 'list_invalid':
      return deny('CRL_INVALID', `The revocation list for ${which.toLowerCase()} cannot be used.`)
    case 'unknown':
      return deny(
        'REVOCATION_UNKNOWN',
        `${which} may be revoked: there is no current revocation state of its issuer. Lists do not arrive, or a clock is wrong, here or at the service.`,
      )
    case 'unissued':
      return deny('CERTIFICATE_UNKNOWN', `${which} is not one that the authority has a record of issuing.`)
  }
}

/** A client must exist and not be locked, whatever it holds. */
export function checkClientState(state: 'active' | 'locked' | 'missing', clientId: string): true | Denial {
  switch (state) {
    case 'active':
      return true
    case 'locked':
      return deny('CLIENT_LOCKED', `The client ${clientId} is locked.`)
    case 'missing':
      return deny('CLIENT_UNKNOWN', `The client ${clientId} does not exist any more.`)
  }
}
