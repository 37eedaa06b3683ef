import { type Denial, deny } from '../core/decision/denial.ts'
import { type AssertionContext, judgeAssertion } from '../core/decision/judge-assertion.ts'
import { DomainError, MalformedError } from '../core/errors.ts'
import type { OfferedChain } from '../core/request/credential.ts'
import {
  type ClientAssertion,
  type NamedCertificate,
  parseClientAssertion,
} from '../core/token/client-assertion.ts'
import { checkChainKey } from '../core/x509/public-key.ts'
import type { Store } from '../store/store.ts'
import {
  type AuthenticateCallerDependencies,
  type AuthenticatedCaller,
  authenticateCaller,
} from './authenticate-caller.ts'
import { createReplayGuard } from './replay-guard.ts'

export interface AuthenticateAssertionDependencies extends AuthenticateCallerDependencies {
  readonly store: Pick<Store, 'certificates' | 'crls' | 'nonces'>
  readonly settings: { readonly clockSkewSeconds: number; readonly maxStoredNonces: number }
}

/**
 * Authenticates a client by a JWT that it signed with the key of one of its certificates (`private_key_jwt`, RFC 7523). The certificate is judged as if the
 * client had called with it; the JWT is good once, and that is remembered durably before anything is answered.
 *
 * @param audiences - what this service is called in `aud`
 * @throws {@link DomainError} CALLER_UNAUTHENTICATED or CALLER_REVOKED, with a `deny_reason`; NONCE_STORE_FULL
 */
export async function authenticateAssertion(
  deps: AuthenticateAssertionDependencies,
  text: string,
  audiences: AssertionContext['audiences'],
): Promise<AuthenticatedCaller> {
  const at = deps.clock.now()
  const assertion = readAssertion(text)
  const caller = await authenticateCaller(deps, await findCertificate(deps.store, assertion.certificate))
  if (caller.clientId !== assertion.clientId)
    throw refuse(deny('SUBJECT_INVALID', 'The assertion names another client than the certificate does.'))
  const { publicKey } = caller.certificate
  const context = { at, audiences, clockSkewSeconds: deps.settings.clockSkewSeconds }
  const denial = await judgeAssertion(assertion, checkChainKey(publicKey), context)
  if (denial) throw refuse(denial)
  const outcome = await createReplayGuard(deps.store, deps.settings.maxStoredNonces).claim({
    keyId: caller.publicKeySha256,
    nonce: assertion.assertionId,
    at,
    expiresAt: assertion.expiresAt,
  })
  if (outcome === 'replayed')
    throw refuse(deny('NONCE_REPLAYED', 'The jti of the assertion was used before with this key.'))
  return caller
}

function readAssertion(text: string): ClientAssertion {
  try {
    return parseClientAssertion(text)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    throw refuse(
      deny('CREDENTIAL_MALFORMED', `The assertion cannot be read: ${error.message} (${error.defect}).`),
    )
  }
}

async function findCertificate(
  store: Pick<Store, 'certificates'>,
  named: NamedCertificate,
): Promise<OfferedChain> {
  if (named.kind === 'chain') return named.chain
  const found = await store.certificates.findBySha256(named.sha256)
  if (found) return [found.der]
  throw refuse(
    deny('CERTIFICATE_UNKNOWN', 'The certificate that the assertion names was not issued by this service.'),
  )
}

function refuse({ denied, message }: Denial): DomainError {
  return new DomainError('CALLER_UNAUTHENTICATED', message, { deny_reason: denied })
}
