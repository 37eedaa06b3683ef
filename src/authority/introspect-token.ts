import { parseBase64Url } from '../core/bytes.ts'
import { isDenial } from '../core/decision/denial.ts'
import type { DenyReason } from '../core/decision/deny-reason.ts'
import { identifyBearer } from '../core/decision/identify-bearer.ts'
import { createTrail } from '../core/decision/trail.ts'
import { MalformedError } from '../core/errors.ts'
import type { PresentedCredential } from '../core/request/credential.ts'
import { type AccessToken, parseAccessToken } from '../core/token/access-token.ts'
import { requireRight } from './access.ts'
import { type DecisionDependencies, decisionContext } from './decision-context.ts'
import type { Caller } from './ports.ts'

/** What a token is. Why one is not active is for the log. */
export type Introspection =
  | { readonly active: true; readonly token: AccessToken; readonly scopes: readonly string[] }
  | { readonly active: false; readonly reason: DenyReason; readonly message: string }

/**
 * Looks into a token for a resource server (RFC 7662): active is one that VerifyRequest would allow where it is meant to be used, by the same engine. Whether it is meant
 * for who asks, and whether who shows it has the key of its certificate, only they can see: `aud` and `cnf` are theirs to check.
 *
 * @throws DomainError CALLER_NOT_ALLOWED
 */
export async function introspectToken(
  deps: DecisionDependencies,
  caller: Caller,
  text: string,
): Promise<Introspection> {
  requireRight(caller, 'chancery.requests.verify')
  const certificate = await findCertificate(deps, text)
  const credential = { kind: 'bearer', token: text, certificate } as const
  const bearer = await identifyBearer(credential, decisionContext(deps), createTrail(false), {})
  return isDenial(bearer)
    ? { active: false, reason: bearer.denied, message: bearer.message }
    : { active: true, token: bearer.token, scopes: bearer.scopes }
}

/** The certificate that a token is bound to, as if it had come with it: that one revoked, nobody can use the token. */
async function findCertificate(
  { store }: DecisionDependencies,
  text: string,
): Promise<PresentedCredential | undefined> {
  const sha256 = readBinding(text)
  const found = sha256 && (await store.certificates.findBySha256(sha256))
  return found && { kind: 'presented', chain: [found.der] }
}

function readBinding(text: string): Uint8Array | undefined {
  try {
    const { certificateThumbprint } = parseAccessToken(text)
    return certificateThumbprint === undefined ? undefined : parseBase64Url(certificateThumbprint)
  } catch (error) {
    // The engine says what is wrong with it.
    if (error instanceof MalformedError) return undefined
    throw error
  }
}
