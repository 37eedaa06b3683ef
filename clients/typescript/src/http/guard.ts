import { readQuery } from '../../../../src/core/decision/read-query.ts'
import { sha256 } from '../../../../src/core/crypto.ts'
import { fieldInvalid } from '../../../../src/core/errors.ts'
import { MAX_BODY_BYTES } from '../../../../src/core/limits.ts'
import type { RequestBody } from '../../../../src/core/request/http-request.ts'
import { isWithin } from '../../../../src/core/scope/scope.ts'
import type { ScopeMatch } from '../../../../src/core/scope/scope-set.ts'
import { BODY_TIMEOUT_MS, DEFAULT_MAX_BODY_BYTES } from '../limits.ts'
import { NoDecisionError } from '../verifier/no-decision-error.ts'
import type { RequestVerifier } from '../verifier/request-verifier.ts'
import type { Allowed, Verification } from '../verifier/verification.ts'
import type { CapturedBody } from './capture-body.ts'
import { type ReceivedRequest, credentialOf, needsBody } from './received-request.ts'
import { type Refusal, refuseBody, refuseDenied, refuseUndecided } from './refusal.ts'
import { type ReadThroughProxy, type TrustedProxyOptions, createProxyReader } from './trusted-proxy.ts'

/** What a route needs. */
export interface RouteDemand {
  /** Concrete scopes, at most 64. Default none: whoever is a client may. */
  readonly scopes?: readonly string[] | undefined
  /** `all` of them, or `any` one. Default `all`. */
  readonly match?: ScopeMatch | undefined
  /** Name of this resource server, such as `bob`; every scope must begin with it. Default: that of the options. */
  readonly audience?: string | undefined
}

/** What there is to say of a request that was not simply denied, for a log. */
export type Undecided = NoDecisionError | Exclude<CapturedBody['kind'], 'bytes' | 'incomplete'>

/** How all routes of a server are guarded. */
export interface GuardOptions {
  /** Default of {@link RouteDemand.audience}. */
  readonly audience?: string | undefined
  /** The largest body of a signed request, in octets: it is read before the decision. Default 1 MiB; larger is 413. */
  readonly maxBodyBytes?: number | undefined
  /** How long such a body may take, in milliseconds. Default 10,000; longer is 408. */
  readonly bodyTimeoutMs?: number | undefined
  /** The proxies in front, if there are any. */
  readonly proxy?: TrustedProxyOptions | undefined
  /** Called with every decision, reason included, for log and metrics. */
  readonly onDecision?: ((verification: Verification, demand: RouteDemand) => void) | undefined
  /** Called when there was none. */
  readonly onUndecided?: ((why: Undecided, demand: RouteDemand) => void) | undefined
}

/** The outcome for one request. */
export type Guarded = { readonly allowed: Allowed } | { readonly refused: Refusal }

/** Judges requests for one route, whatever framework they came through. */
export interface Guard {
  readonly maxBodyBytes: number
  readonly bodyTimeoutMs: number
  readonly throughProxy: ReadThroughProxy
  /** True if {@link Guard.judge} wants the body. */
  needsBody(request: ReceivedRequest): boolean
  /** `body`: absent if there is none. Never rejects with anything but a fault of this library. */
  judge(request: ReceivedRequest, body: CapturedBody | undefined): Promise<Guarded>
}

/**
 * Makes the guard of one route.
 *
 * @throws DomainError SCOPE_MALFORMED, FIELD_INVALID for a demand that no request could meet; TypeError for an address of a proxy that cannot be read
 */
export function createGuard(verifier: RequestVerifier, options: GuardOptions, demand: RouteDemand): Guard {
  const { maxBodyBytes = DEFAULT_MAX_BODY_BYTES, bodyTimeoutMs = BODY_TIMEOUT_MS } = options
  const { onDecision, onUndecided } = options
  const { scopes = [], match = 'all', audience = options.audience } = demand
  const credential = { kind: 'presented_certificate', chain: [], forwarded: undefined } as const
  const demanded = { requiredScopes: scopes, match, audience: audience ?? '' }
  readQuery({ ...demanded, credential, freshness: undefined, explain: false })
  const foreign = scopes.find(
    (scope) => audience !== undefined && audience !== '' && !isWithin(scope, audience),
  )
  if (foreign !== undefined) {
    const message = `The scope ${foreign} does not begin with the audience ${audience}: every request would be refused.`
    throw fieldInvalid('audience', message)
  }

  return {
    maxBodyBytes,
    bodyTimeoutMs,
    throughProxy: createProxyReader(options.proxy),
    needsBody,
    async judge(request, body) {
      if (body && body.kind !== 'bytes' && body.kind !== 'incomplete') {
        onUndecided?.(body.kind, demand)
        return { refused: refuseBody(body.kind) }
      }
      const bodyTruncated = body?.kind === 'incomplete'
      const credential = credentialOf(request, { body: bodyOf(body), bodyTruncated })
      try {
        const verification = await verifier.verify({ ...demanded, credential })
        onDecision?.(verification, demand)
        if (verification.decision === 'ALLOW') return { allowed: verification }
        return { refused: refuseDenied(verification, scopes, credential.kind === 'bearer_token') }
      } catch (error) {
        if (!(error instanceof NoDecisionError)) throw error
        onUndecided?.(error, demand)
        return { refused: refuseUndecided(error) }
      }
    },
  }
}

function bodyOf(body: CapturedBody | undefined): RequestBody {
  if (body?.kind !== 'bytes') return { kind: 'absent' }
  const { bytes } = body
  return bytes.length > MAX_BODY_BYTES ? { kind: 'sha256', digest: sha256(bytes) } : { kind: 'bytes', bytes }
}
