import type { OAuthCredentials } from '../../authority/authenticate-oauth-client.ts'
import type { HttpQuestion } from '../answer.ts'
import { type OAuthError, invalidRequest, isOAuthError } from './oauth-error.ts'
import { readCredentials, readForm } from './token-request.ts'

/** A request about a token: RFC 7009 section 2.1, RFC 7662 section 2.1. */
export interface ShownToken {
  readonly credentials: OAuthCredentials
  readonly token: string
}

/** Reads one. `token_type_hint` is passed over as unknown parameters are: there is one type of token. */
export function readShownToken(question: HttpQuestion): ShownToken | OAuthError {
  const form = readForm(question)
  if (isOAuthError(form)) return form
  const token = form.get('token')
  if (token === undefined) return invalidRequest('token is missing.')
  const credentials = readCredentials(question, form)
  return isOAuthError(credentials) ? credentials : { credentials, token }
}
