import { formatBase64Url } from '../core/bytes.ts'
import { DomainError } from '../core/errors.ts'
import { parseClientId } from '../core/issuance/client-identity.ts'
import { resolveScopes, type ResolvedScopes } from '../core/issuance/resolve-scopes.ts'
import { isWithin } from '../core/scope/scope.ts'
import { grantCovers } from '../core/scope/scope-set.ts'
import { assembleToken, encodeToken, planToken, type TokenPlan } from '../core/token/plan-token.ts'
import type { ClientRecord, Store } from '../store/store.ts'
import { requireRightOrSelf } from './access.ts'
import { requireActiveClient } from './clients.ts'
import { fieldInvalid } from './fields.ts'
import type { Caller, Clock, Metrics, Random } from './ports.ts'
import type { TokenAuthority } from './token-issuer.ts'
import type { TokenRate } from './token-rate.ts'
import { checkAudience } from '../core/decision/read-query.ts'

/** An IssueToken call as it came. */
export interface IssueTokenRequest {
  /** Empty: the caller. */
  readonly clientId: string
  readonly scopes: readonly string[]
  /** Empty: every resource server. */
  readonly audience: string
  readonly validitySeconds: number | undefined
  readonly unbound: boolean
}

export interface IssuedToken {
  readonly token: string
  readonly tokenId: string
  readonly expiresAt: Date
  readonly scopes: readonly string[]
  /** SHA-256 of the certificate that it is bound to. */
  readonly boundTo: Uint8Array | undefined
  readonly warnings: readonly string[]
}

export interface IssueTokenDependencies {
  readonly store: Pick<Store, 'clients' | 'tokens'>
  readonly tokenIssuer: TokenAuthority
  readonly clock: Clock
  readonly random: Random
  readonly metrics: Pick<Metrics, 'tokenIssued' | 'tokenRefused'>
  readonly tokenRate: TokenRate
}

/** A client that changes under our hands is asked about anew; one that changes that often is being attacked or misused. */
const MAX_ATTEMPTS = 3

/** 128 bits: nobody meets one twice, and nobody guesses one. */
const TOKEN_ID_BYTES = 16

/**
 * Issues an access token. For itself a client gets no more than its certificate carries, and no longer than that is good; for another it takes a right, and
 * the measure is that client's grant. Each is on record before anybody has it, so that what takes a scope from the client, also at this moment, finds it.
 *
 * @throws DomainError CALLER_NOT_ALLOWED, CLIENT_NOT_FOUND, CLIENT_LOCKED, SCOPE_MALFORMED, SCOPE_NOT_GRANTABLE, CLIENT_CHANGED, CALLER_UNAUTHENTICATED, VALIDITY_OUT_OF_RANGE, FIELD_INVALID, RATE_LIMITED;
 * SignerError
 */
export async function issueToken(
  deps: IssueTokenDependencies,
  caller: Caller,
  request: IssueTokenRequest,
): Promise<IssuedToken> {
  try {
    const issued = await decideAndSign(deps, caller, request)
    deps.metrics.tokenIssued(issued.boundTo === undefined ? 'none' : 'certificate')
    return issued
  } catch (error) {
    deps.metrics.tokenRefused(error instanceof DomainError ? error.reason : 'INTERNAL')
    throw error
  }
}

async function decideAndSign(
  deps: IssueTokenDependencies,
  caller: Caller,
  request: IssueTokenRequest,
): Promise<IssuedToken> {
  const clientId = request.clientId === '' ? caller.clientId : parseClientId(request.clientId)
  requireRightOrSelf(caller, clientId, 'chancery.tokens.issue')
  const isSelf = clientId === caller.clientId
  // Whoever gets tokens for others has a right to, and may do so for all of them at once.
  if (isSelf) deps.tokenRate.take(clientId)
  const audience = checkAudience(request.audience)
  const boundTo = isSelf && !request.unbound ? requireCertificate(caller) : undefined
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const client = await requireActiveClient(deps.store, clientId)
    const held = isSelf ? requireStillGranted(caller, client) : client.grantedScopes
    const { scopes, warnings } = narrow(clientId, held, request, audience)
    const tokenId = formatBase64Url(deps.random.bytes(TOKEN_ID_BYTES))
    const plan = planToken({
      issuer: deps.tokenIssuer.issuer,
      clientId,
      audience: audience ?? deps.tokenIssuer.audience,
      scopes,
      tokenId,
      now: deps.clock.now(),
      validitySeconds: request.validitySeconds,
      notAfter: caller.notAfter,
      boundTo,
    })
    const token = await sign(deps, plan)
    const { expiresAt } = plan
    const outcome = await deps.store.tokens.record({ tokenId, clientId, scopes, expiresAt }, client.version, {
      at: deps.clock.now(),
      actor: caller.clientId,
      action: 'token.issue',
      subject: clientId,
      details: { token_id: tokenId, scopes },
    })
    if (outcome === 'recorded') return { token, tokenId, expiresAt, scopes, boundTo, warnings }
  }
  throw new DomainError('CLIENT_CHANGED', `Client ${clientId} keeps changing. Try again.`, {
    client_id: clientId,
  })
}

async function sign({ tokenIssuer }: IssueTokenDependencies, plan: TokenPlan): Promise<string> {
  const { signer, key } = await tokenIssuer.signing()
  const input = encodeToken(plan, key)
  return assembleToken(input, signer.algorithm, await signer.sign(input))
}

/** What a certificate carries. A scope that was taken from the client since the certificate was judged has revoked it. */
function requireStillGranted(
  { scopes }: Caller,
  { clientId, grantedScopes }: ClientRecord,
): readonly string[] {
  if (scopes.every((scope) => grantCovers(grantedScopes, scope))) return scopes
  throw new DomainError(
    'CALLER_UNAUTHENTICATED',
    `A scope of this certificate was taken from ${clientId}, which revoked it. Get another certificate.`,
    { deny_reason: 'CERTIFICATE_REVOKED' },
  )
}

/** What is asked for by name must be there; what is not asked for by name is what is there and belongs to the audience. */
function narrow(
  clientId: string,
  held: readonly string[],
  { scopes: requested }: IssueTokenRequest,
  audience: string | undefined,
): ResolvedScopes {
  const { scopes, warnings } = resolveScopes(clientId, held, requested)
  if (audience === undefined) return { scopes, warnings }
  const within = scopes.filter((scope) => isWithin(scope, audience))
  if (requested.length > 0 && within.length < scopes.length) {
    throw fieldInvalid('audience', `Every scope must belong to the audience ${audience}.`)
  }
  return { scopes: within, warnings }
}

function requireCertificate({ certificateSha256 }: Caller): Uint8Array {
  if (certificateSha256) return certificateSha256
  throw new DomainError('CALLER_UNAUTHENTICATED', 'There is no certificate that a token could be bound to.', {
    deny_reason: 'CREDENTIAL_MISSING',
  })
}
