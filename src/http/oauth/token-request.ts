import type { OAuthCredentials } from '../../authority/authenticate-oauth-client.ts'
import { MalformedError } from '../../core/errors.ts'
import type { HttpQuestion } from '../answer.ts'
import { type Form, parseForm } from './form.ts'
import {
  AUTHORIZATION_REFUSED,
  type OAuthError,
  UNSUPPORTED_GRANT,
  invalidRequest,
  isOAuthError,
} from './oauth-error.ts'

/** RFC 7523 section 2.2. */
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** A token request as it came, in its parts. */
export interface TokenRequest {
  readonly credentials: OAuthCredentials
  readonly scopes: readonly string[]
  /** Empty: every resource server. */
  readonly audience: string
}

/**
 * Reads a token request (RFC 6749 section 4.4.2); who sent it is not looked at.
 *
 * @param everyone - the `aud` of tokens for every resource server
 */
export function readTokenRequest(question: HttpQuestion, everyone: string): TokenRequest | OAuthError {
  const form = readForm(question)
  if (isOAuthError(form)) return form
  const grant = form.get('grant_type')
  if (grant === undefined) return invalidRequest('grant_type is missing.')
  if (grant !== 'client_credentials') return UNSUPPORTED_GRANT
  const credentials = readCredentials(question, form)
  if (isOAuthError(credentials)) return credentials
  const audience = readAudience(form, everyone)
  if (isOAuthError(audience)) return audience
  return { credentials, scopes: form.get('scope')?.split(' ') ?? [], audience }
}

/**
 * The parameters of a POST. Those of a query are in logs of servers and proxies, so they are refused (RFC 6749 section 2.3.1). So is what web pages send: a browser shows
 * the certificate that it has to whatever a page posts to, and would act as its owner.
 */
export function readForm({ method, path, contentType, origin, body }: HttpQuestion): Form | OAuthError {
  if (method !== 'POST') return invalidRequest('Only POST is served here.', 405, { allow: 'POST' })
  if (origin !== undefined) return invalidRequest('Requests of web pages are not served here.', 403)
  if (path.includes('?')) return invalidRequest('Parameters stand in the body, not in the URL.')
  if (!/^application\/x-www-form-urlencoded\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType ?? ''))
    return invalidRequest('The content type is not application/x-www-form-urlencoded.')
  try {
    return parseForm(body)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    return invalidRequest(`The body cannot be read: ${error.message}.`)
  }
}

/** What the client proves itself with. One way of doing so, not two (RFC 6749 section 2.3); certificates beside assertions are for binding tokens. */
export function readCredentials(question: HttpQuestion, form: Form): OAuthCredentials | OAuthError {
  if (question.authorization !== undefined) return AUTHORIZATION_REFUSED
  if (form.has('client_secret')) return { ...AUTHORIZATION_REFUSED, status: 400, headers: {} }
  const assertion = form.get('client_assertion')
  const type = form.get('client_assertion_type')
  if (assertion === undefined && type !== undefined) return invalidRequest('client_assertion is missing.')
  if (assertion !== undefined && type !== ASSERTION_TYPE)
    return invalidRequest(`client_assertion_type is not ${ASSERTION_TYPE}.`)
  return { clientId: form.get('client_id'), assertion, chain: question.chainDer }
}

/**
 * `audience` is the name that scopes begin with. `resource` (RFC 8707) is a URI: the trust domain's for every resource server, or that and the name. Both may be there
 * if they say the same.
 */
function readAudience(form: Form, everyone: string): string | OAuthError {
  const resource = form.get('resource')
  const named = form.get('audience')
  if (resource === undefined) return named === everyone ? '' : (named ?? '')
  const target = resource === everyone ? '' : resource.slice(everyone.length + 1)
  if ((target !== '' && !resource.startsWith(`${everyone}/`)) || (resource !== everyone && target === ''))
    return unknownTarget()
  return named === undefined || named === target ? target : unknownTarget()
}

function unknownTarget(): OAuthError {
  return {
    status: 400,
    error: 'invalid_target',
    description: 'resource is not the URI of the trust domain, alone or with the name of an audience.',
  }
}
