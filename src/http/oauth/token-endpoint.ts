import type { OAuthClient, OAuthCredentials } from '../../authority/authenticate-oauth-client.ts'
import type { IssueTokenRequest, IssuedToken } from '../../authority/issue-token.ts'
import type { Caller, Clock, Log, Metrics } from '../../authority/ports.ts'
import { DomainError } from '../../core/errors.ts'
import { MAX_OAUTH_IN_FLIGHT } from '../../core/token-limits.ts'
import type { HttpAnswer, HttpQuestion, HttpRoute } from '../answer.ts'
import { BUSY, type OAuthError, answerError, jsonAnswer, oauthErrorOf } from './oauth-error.ts'
import { isOAuthError, readTokenRequest } from './token-request.ts'

export interface TokenEndpointOptions {
  /** The `aud` of tokens for every resource server. */
  readonly everyone: string
  /** @throws {@link DomainError} for who cannot be authenticated */
  authenticate(credentials: OAuthCredentials): Promise<OAuthClient>
  /** The same use case as over gRPC. */
  issue(caller: Caller, request: IssueTokenRequest): Promise<IssuedToken>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Pick<Metrics, 'oauthAnswered'>
}

/** What became of a request, for the log and the metrics. */
interface Outcome {
  readonly answer: HttpAnswer
  readonly clientId?: string | undefined
  readonly tokenId?: string | undefined
  readonly error?: OAuthError
  /** Ours, more exact than the one that is told. */
  readonly reason?: string
  readonly detail?: string
}

/** Serves `POST /oauth2/token`: access tokens by the client credentials grant (RFC 6749 section 4.4). Never rejects. */
export function createTokenEndpoint(options: TokenEndpointOptions): HttpRoute {
  let inFlight = 0
  return async (question) => {
    const startedMs = performance.now()
    inFlight++
    try {
      const outcome = inFlight > MAX_OAUTH_IN_FLIGHT ? refused(BUSY, 'BUSY') : await grant(options, question)
      report(options, question, outcome, performance.now() - startedMs)
      return outcome.answer
    } finally {
      inFlight--
    }
  }
}

async function grant(options: TokenEndpointOptions, question: HttpQuestion): Promise<Outcome> {
  const request = readTokenRequest(question, options.everyone)
  if (isOAuthError(request)) return refused(request, 'REQUEST_INVALID')
  let clientId: string | undefined
  try {
    const { caller, hasShownCertificate } = await options.authenticate(request.credentials)
    clientId = caller.clientId
    const issued = await options.issue(caller, {
      clientId: '',
      scopes: request.scopes,
      audience: request.audience,
      validitySeconds: undefined,
      unbound: !hasShownCertificate,
    })
    return { answer: answerToken(issued, options.clock), clientId, tokenId: issued.tokenId }
  } catch (error) {
    return { ...failed(error, options.log), clientId }
  }
}

function answerToken({ token, expiresAt, scopes }: IssuedToken, clock: Clock): HttpAnswer {
  return jsonAnswer(200, {
    access_token: token,
    token_type: 'Bearer',
    expires_in: Math.max(0, Math.floor((expiresAt.getTime() - clock.now().getTime()) / 1000)),
    scope: scopes.join(' '),
  })
}

function refused(error: OAuthError, reason: string, detail = error.description): Outcome {
  return { answer: answerError(error), error, reason, detail }
}

function failed(error: unknown, log: Log): Outcome {
  const told = oauthErrorOf(error)
  if (error instanceof DomainError)
    return refused(told, error.metadata['deny_reason'] ?? error.reason, error.message)
  log.error({ err: error }, 'token request failed on our side')
  return refused(told, 'INTERNAL')
}

function report(
  { log, metrics }: TokenEndpointOptions,
  { peer }: HttpQuestion,
  { answer, clientId, tokenId, error, reason, detail }: Outcome,
  milliseconds: number,
): void {
  metrics.oauthAnswered('token', error?.error ?? '', reason ?? '', milliseconds / 1000)
  const fields = { peer, client_id: clientId, token_id: tokenId, status: answer.status }
  log.info({ ...fields, error: error?.error, reason, detail }, 'token request')
}
