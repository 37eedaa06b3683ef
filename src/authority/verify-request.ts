import { decide } from '../core/decision/decide.ts'
import type { Decision } from '../core/decision/decision.ts'
import { type VerifyRequestInput, readQuery } from '../core/decision/read-query.ts'
import type { Credential } from '../core/request/credential.ts'
import { requireRight } from './access.ts'
import { type DecisionDependencies, type DecisionSettings, decisionContext } from './decision-context.ts'
import type { Caller, Metrics } from './ports.ts'
import { requireTrustedProxy } from './trusted-proxies.ts'

/** What the operator decides about signed requests. */
export interface VerifyRequestSettings extends DecisionSettings {
  /** Client ids whose word for a certificate in a proxy's header counts. */
  readonly trustedProxies: readonly string[]
}

export interface VerifyDependencies extends DecisionDependencies {
  readonly metrics: Pick<Metrics, 'requestDecided'>
  readonly settings: VerifyRequestSettings
}

/**
 * Decides whether a request may be served. What the resource server got wrong is an error; what its client got wrong is a denial.
 *
 * @throws DomainError CALLER_NOT_ALLOWED, PROXY_NOT_TRUSTED, FIELD_INVALID, FIELD_NOT_IMPLEMENTED, SCOPE_MALFORMED, NONCE_STORE_FULL
 */
export async function verifyRequest(
  deps: VerifyDependencies,
  caller: Caller,
  input: VerifyRequestInput,
): Promise<Decision> {
  requireRight(caller, 'chancery.requests.verify')
  const query = readQuery(input)
  if (isForwarded(query.credential)) requireTrustedProxy(caller, deps.settings.trustedProxies)
  const decision = await decide(query, decisionContext(deps))
  deps.metrics.requestDecided(decision.decision, decision.denyReason ?? '')
  return decision
}

/** True if the certificate, also one beside a token, is one that a proxy vouches for. */
function isForwarded(credential: Credential): boolean {
  const certificate = credential.kind === 'bearer' ? credential.certificate : credential
  return certificate?.kind === 'forwarded'
}
