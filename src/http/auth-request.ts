import type { Caller, Log } from '../authority/ports.ts'
import type { VerifyRequestInput } from '../core/decision/read-query.ts'
import type { Decision } from '../core/decision/decision.ts'
import { httpRefusal } from '../core/decision/http-refusal.ts'
import { DomainError, type ErrorReason } from '../core/errors.ts'
import { type HttpAnswer, plainAnswer } from './answer.ts'
import { type AuthQuestion, AUTH_PATHS, type AuthPath, readAuthQuestion } from './auth-question.ts'

export interface AuthRouteOptions {
  /** Who asks, from the certificates that its TLS showed; `undefined` over the Unix socket. */
  authenticate(chainDer: readonly Uint8Array[] | undefined): Promise<Caller>
  /** The same decision as through every other door. */
  decide(caller: Caller, input: VerifyRequestInput): Promise<Decision>
  readonly log: Log
}

/** Answers a proxy's question. Never rejects. */
export type AuthRoute = (question: AuthQuestion) => Promise<HttpAnswer>

/**
 * Answers the sub-requests of nginx `auth_request` (`/auth`) and of Traefik's and Caddy's forward-auth (`/forward-auth`): 200 for ALLOW, 401
 * or 403 for DENY. Anything that is no decision is 500 or 503, which every one of these proxies refuses the request for; never 401 or 403,
 * which would blame the proxy's client for it.
 */
export function createAuthRoute(options: AuthRouteOptions): AuthRoute {
  return async (question) => {
    const path = AUTH_PATHS.get(question.path)
    if (!path) return plainAnswer(404, 'There is nothing here. Try /auth or /forward-auth.')
    if (question.method !== 'GET') {
      return plainAnswer(405, 'Only GET is served here, as auth_request and forward-auth send it.', {
        allow: 'GET',
      })
    }
    let caller: Caller | undefined
    try {
      caller = await options.authenticate(question.chainDer)
      const decision = await options.decide(caller, readAuthQuestion(path, question))
      const answer = answerDecision(path, question, decision)
      const { denyReason: reason, principal } = decision
      report(options.log, question, caller, answer, { reason, principal: principal?.clientId })
      return answer
    } catch (error) {
      const answer = answerError(path, error)
      const reason = error instanceof DomainError ? error.reason : 'INTERNAL'
      report(options.log, question, caller, answer, { reason })
      if (!(error instanceof DomainError))
        options.log.error({ err: error }, 'auth request failed on our side')
      return answer
    }
  }
}

function answerDecision(
  path: AuthPath,
  { query }: AuthQuestion,
  { decision, denyReason, principal, grantedScopes }: Decision,
): HttpAnswer {
  if (decision === 'ALLOW' && principal) {
    return plainAnswer(200, 'allowed', {
      'x-chancery-client-id': principal.clientId,
      'x-chancery-scopes': grantedScopes.join(' '),
    })
  }
  const headers = path.hidesAnswer ? { 'x-chancery-deny-reason': denyReason ?? '' } : {}
  const refusal = httpRefusal(denyReason, new URLSearchParams(query).get('bearer') === 'accept')
  return refusal.status === 403
    ? plainAnswer(403, 'Forbidden.', headers)
    : plainAnswer(401, 'Unauthorized.', { 'www-authenticate': refusal.challenge, ...headers })
}

/** Reasons that pass by themselves; all others need somebody to change something. */
const PASSING: ReadonlySet<ErrorReason> = new Set<ErrorReason>([
  'NONCE_STORE_FULL',
  'RATE_LIMITED',
  'REVOCATION_STATE_STALE',
  'SHUTTING_DOWN',
  'SIGNER_UNAVAILABLE',
  'STORE_UNAVAILABLE',
])

function answerError(path: AuthPath, error: unknown): HttpAnswer {
  const reason = error instanceof DomainError ? error.reason : undefined
  const status = reason === undefined || PASSING.has(reason) ? 503 : 500
  const headers = path.hidesAnswer ? { 'x-chancery-error': reason ?? 'INTERNAL' } : {}
  return plainAnswer(status, 'There is no decision. The log of the service has the reason.', headers)
}

function report(
  log: Log,
  { path, peer }: AuthQuestion,
  caller: Caller | undefined,
  { status }: HttpAnswer,
  found: { readonly reason?: string | undefined; readonly principal?: string | undefined },
): void {
  log.info({ path, peer, client_id: caller?.clientId, status, ...found }, 'auth request')
}
