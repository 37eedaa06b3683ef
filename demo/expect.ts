import { denyReasonToJSON } from '../src/gen/chancery/v1/authorization_service.ts'
import { type SignedRequest, send } from './alice.ts'
import type { Bob } from './bob.ts'
import { hold } from './narrator.ts'
import type { NewIdentity } from './new-identity.ts'
import { type PushedList, listedIn } from './revocation-watch.ts'

/** Bob's status, and the reason that the authority gave him: none where he served. */
export async function expectAnswer(
  bob: Bob,
  request: SignedRequest,
  status: number,
  reason = 'UNSPECIFIED',
): Promise<void> {
  const answered = await send(request)
  const decision = bob.takeDecision()
  hold(decision !== undefined, `Bob answered ${answered} without having asked`)
  const given = denyReasonToJSON(decision.denyReason).replace('DENY_REASON_', '')
  hold(answered === status && given === reason, `Bob answered ${answered}, and his reason was ${given}`)
}

/** The certificate itself carries these scopes and no others. */
export async function expectScopes(
  issuing: Promise<NewIdentity>,
  scopes: readonly string[],
): Promise<NewIdentity> {
  const identity = await issuing
  hold(identity.scopes.join() === scopes.join(), `the certificate carries ${identity.scopes.join(', ')}`)
  return identity
}

/** The list names this certificate if one is given, `count` in all, and no more tokens than so many. */
export function expectListed(
  pushed: PushedList,
  expected: string | undefined,
  count: number,
  tokens: number,
): PushedList {
  const { certificates, others } = listedIn(pushed)
  const isNamed = expected === undefined || certificates.includes(expected)
  const named = `the certificates ${certificates.join(', ')} and ${others} tokens`
  hold(isNamed && certificates.length === count && others <= tokens, `the list names ${named}`)
  return pushed
}
