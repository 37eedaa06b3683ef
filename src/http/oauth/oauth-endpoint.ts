import type { OAuthClient, OAuthCredentials } from '../../authority/authenticate-oauth-client.ts'
import type { Log, Metrics } from '../../authority/ports.ts'
import { DomainError } from '../../core/errors.ts'
import { MAX_OAUTH_IN_FLIGHT } from '../../core/token-limits.ts'
import type { HttpAnswer, HttpQuestion, HttpRoute } from '../answer.ts'
import {
  BUSY,
  type OAuthError,
  type OAuthWords,
  answerError,
  isOAuthError,
  oauthErrorOf,
} from './oauth-error.ts'

export interface OAuthEndpointOptions {
  /** @throws {@link DomainError} for who cannot be authenticated */
  authenticate(credentials: OAuthCredentials): Promise<OAuthClient>
  readonly log: Log
  readonly metrics: Pick<Metrics, 'oauthAnswered'>
}

/** What one endpoint does with a request. */
export interface OAuthEndpoint<Request extends { readonly credentials: OAuthCredentials }> {
  /** For the log and the metrics. */
  readonly name: 'token' | 'revoke' | 'introspect'
  /** What errors are called here, where that differs. */
  readonly words?: OAuthWords
  /** Who sent it is not looked at. */
  read(question: HttpQuestion): Request | OAuthError
  /** @throws {@link DomainError} for what is refused */
  serve(client: OAuthClient, request: Request): Promise<Served>
}

/** What an authenticated client gets. */
export interface Served {
  readonly answer: HttpAnswer
  readonly tokenId?: string | undefined
  /** Why there was nothing to do. */
  readonly reason?: string
  readonly detail?: string
}

/** What became of a request, for the log and the metrics. */
interface Outcome extends Served {
  readonly clientId?: string | undefined
  /** What is told; `reason` is ours, and more exact. */
  readonly error?: OAuthError
}

/** Reads a request, authenticates its client and serves it: so many at once. Never rejects. */
export function createOAuthEndpoint<Request extends { readonly credentials: OAuthCredentials }>(
  options: OAuthEndpointOptions,
  endpoint: OAuthEndpoint<Request>,
): HttpRoute {
  let inFlight = 0
  return async (question) => {
    const startedMs = performance.now()
    inFlight++
    try {
      const isBusy = inFlight > MAX_OAUTH_IN_FLIGHT
      const outcome = isBusy ? refused(BUSY, 'BUSY') : await outcomeOf(options, endpoint, question)
      report(options, endpoint.name, question, outcome, performance.now() - startedMs)
      return outcome.answer
    } finally {
      inFlight--
    }
  }
}

async function outcomeOf<Request extends { readonly credentials: OAuthCredentials }>(
  options: OAuthEndpointOptions,
  endpoint: OAuthEndpoint<Request>,
  question: HttpQuestion,
): Promise<Outcome> {
  const request = endpoint.read(question)
  if (isOAuthError(request)) return refused(request, 'REQUEST_INVALID')
  let clientId: string | undefined
  try {
    const client = await options.authenticate(request.credentials)
    clientId = client.caller.clientId
    return { ...(await endpoint.serve(client, request)), clientId }
  } catch (error) {
    const told = oauthErrorOf(error, endpoint.words)
    if (error instanceof DomainError)
      return { ...refused(told, error.metadata['deny_reason'] ?? error.reason, error.message), clientId }
    options.log.error({ err: error }, `${endpoint.name} request failed on our side`)
    return { ...refused(told, 'INTERNAL'), clientId }
  }
}

function refused(error: OAuthError, reason: string, detail = error.description): Outcome {
  return { answer: answerError(error), error, reason, detail }
}

function report(
  { log, metrics }: OAuthEndpointOptions,
  name: string,
  { peer }: HttpQuestion,
  { answer, clientId, tokenId, error, reason, detail }: Outcome,
  milliseconds: number,
): void {
  metrics.oauthAnswered(name, error?.error ?? '', reason ?? '', milliseconds / 1000)
  const fields = { peer, client_id: clientId, token_id: tokenId, status: answer.status }
  log.info({ ...fields, error: error?.error, reason, detail }, `${name} request`)
}
