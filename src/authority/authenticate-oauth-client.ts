import { equalBytes } from '../core/bytes.ts'
import { type DenyReason } from '../core/decision/deny-reason.ts'
import { DomainError } from '../core/errors.ts'
import type { OfferedChain } from '../core/request/credential.ts'
import { type AuthenticateAssertionDependencies, authenticateAssertion } from './authenticate-assertion.ts'
import { type AuthenticatedCaller, authenticateCaller } from './authenticate-caller.ts'

/** What an OAuth client proves itself with, nothing checked. */
export interface OAuthCredentials {
  /** As it says itself; `undefined` if it does not. */
  readonly clientId: string | undefined
  /** A JWT signed with the key of one of its certificates. */
  readonly assertion: string | undefined
  /** What its TLS showed, leaf first; empty if it showed none. The same array for every request of a connection. */
  readonly chain: OfferedChain
}

/** An OAuth client that was authenticated. */
export interface OAuthClient {
  readonly caller: AuthenticatedCaller
  /** True if its TLS proved the key of the certificate: tokens are then bound to it. */
  readonly hasShownCertificate: boolean
}

/**
 * Authenticates an OAuth client by one of its certificates: by an assertion (`private_key_jwt`), or by the certificate that its TLS proved (`tls_client_auth`,
 * RFC 8705 section 2.1). With both, both must be of the same certificate.
 *
 * @param audiences - what this service is called in the `aud` of assertions
 * @throws {@link DomainError} CALLER_UNAUTHENTICATED or CALLER_REVOKED, with a `deny_reason`; NONCE_STORE_FULL
 */
export async function authenticateOAuthClient(
  deps: AuthenticateAssertionDependencies,
  { clientId, assertion, chain }: OAuthCredentials,
  audiences: readonly string[],
): Promise<OAuthClient> {
  const hasShownCertificate = chain.length > 0
  // RFC 8705 section 2: a certificate alone does not say that it is meant to log its client in.
  if (assertion === undefined && hasShownCertificate && clientId === undefined)
    throw refuse('CREDENTIAL_MISSING', 'There is a certificate, but no client_id.')
  const caller =
    assertion === undefined
      ? await authenticateCaller(deps, chain)
      : await authenticateAssertion(deps, assertion, audiences)
  if (clientId !== undefined && clientId !== caller.clientId)
    throw refuse('SUBJECT_INVALID', 'client_id is not the client that was authenticated.')
  if (hasShownCertificate && !equalBytes(chain[0]!, caller.certificate.der))
    throw refuse('SUBJECT_INVALID', 'The connection shows another certificate than the assertion names.')
  return { caller, hasShownCertificate }
}

function refuse(reason: DenyReason, message: string): DomainError {
  return new DomainError('CALLER_UNAUTHENTICATED', message, { deny_reason: reason })
}
