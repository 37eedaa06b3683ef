import type { BearerCredential, SignedData } from '../request/credential.ts'
import type { NamedAlgorithm } from '../x509/named-signature.ts'
import { missingScopes } from '../scope/scope-set.ts'
import {
  checkAge,
  checkAlgorithm,
  checkContent,
  checkCoverage,
  checkExpiry,
  checkNonce,
  checkSignature,
} from './check-proof.ts'
import type { CheckName, Decision, DecisionContext, DecisionQuery } from './decision.ts'
import { type Denial, deny, isDenial } from './denial.ts'
import { TOKEN_CHECKS, checkAddressee, identifyBearer } from './identify-bearer.ts'
import { type Findings, identifyClient } from './identify-client.ts'
import { judgeEntitlement } from './judge-entitlement.ts'
import { judgeFreshness } from './judge-freshness.ts'
import { type Proof, parseCredential } from './parse-credential.ts'
import { type Trail, createTrail } from './trail.ts'
import type { VerifiedPath } from './verified-path.ts'

/**
 * Decides whether a request may be served. The checks run in the order of `CHECK_NAMES`, and the first that does not hold is the
 * answer: the same request in the same state always has the same reason.
 *
 * The nonce is claimed last, and only if everything else held: nobody can use up another's nonce without that other's key.
 *
 * @throws {@link DomainError} FIELD_NOT_IMPLEMENTED, and whatever the replay guard and the revocation source reject with. An error is no decision.
 */
export async function decide(query: DecisionQuery, context: DecisionContext): Promise<Decision> {
  const trail = createTrail(query.explain)
  const findings: Findings = {}
  const result = await judge(query, context, trail, findings)
  return isDenial(result) ? denial(query, result, trail, findings) : allowance(query, result, trail, findings)
}

/** Until when an allowance stands. */
interface Allowance {
  readonly validUntil: Date
}

async function judge(
  query: DecisionQuery,
  context: DecisionContext,
  trail: Trail,
  findings: Findings,
): Promise<Allowance | Denial> {
  if (query.credential.kind === 'bearer')
    return judgeBearer(query, query.credential, context, trail, findings)
  const credential = trail.note(
    'credential.parse',
    parseCredential(query.credential),
    () => 'The credential was read.',
  )
  if (isDenial(credential)) return credential
  trail.skip(TOKEN_CHECKS, 'There is no token.')

  const client = await identifyClient(credential.chain, context, trail, findings)
  if (isDenial(client)) return client

  const fresh = await judgeFreshness(query.freshness, client.principal.authorityId, context, trail)
  if (isDenial(fresh)) return fresh

  const proved = await judgeProof(credential.proof, client.path, context, trail)
  if (isDenial(proved)) return proved

  const entitled = judgeEntitlement(query, client.scopes, trail)
  if (isDenial(entitled)) return entitled

  const unused = await judgeReplay(credential.proof, client.path, context, trail)
  if (isDenial(unused)) return unused

  return { validUntil: validUntil(client.path.notAfter, credential.proof, context, findings) }
}

/** A token is proof enough by itself, or beside the certificate that it is bound to; it says nothing about the request it came with. */
async function judgeBearer(
  query: DecisionQuery,
  credential: BearerCredential,
  context: DecisionContext,
  trail: Trail,
  findings: Findings,
): Promise<Allowance | Denial> {
  const bearer = await identifyBearer(credential, context, trail, findings)
  if (isDenial(bearer)) return bearer

  const fresh = await judgeFreshness(query.freshness, bearer.authorityId, context, trail)
  if (isDenial(fresh)) return fresh

  trail.skip(PROOF_CHECKS, 'A token proves nothing about the request.')
  const entitled = judgeEntitlement(query, bearer.scopes, trail, checkAddressee(bearer, query.audience))
  if (isDenial(entitled)) return entitled

  trail.skip('replay', 'A token may be used more than once.')
  return { validUntil: validUntil(bearer.notAfter, undefined, context, findings) }
}

const PROOF_CHECKS = [
  'request.coverage',
  'request.algorithm',
  'request.freshness',
  'request.nonce',
  'request.body',
  'request.signature',
] as const satisfies readonly CheckName[]

/** Proof of the key, for all but certificates that TLS proved. */
async function judgeProof(
  proof: Proof | undefined,
  path: VerifiedPath,
  context: DecisionContext,
  trail: Trail,
): Promise<true | Denial> {
  if (!proof) {
    trail.skip(PROOF_CHECKS, 'The key was proved by TLS at the resource server.')
    return true
  }
  if (proof.uncovered === undefined) {
    trail.skip('request.coverage', 'What is signed is not the choice of the signer.')
  } else {
    const covered = trail.note(
      'request.coverage',
      checkCoverage(proof.uncovered),
      () => 'All that must be signed is.',
    )
    if (isDenial(covered)) return covered
  }

  const algorithm = trail.note(
    'request.algorithm',
    checkAlgorithm(proof, path.key),
    (name) => `The algorithm is ${name}.`,
  )
  if (isDenial(algorithm)) return algorithm

  if (proof.signedAt === undefined) {
    trail.skip('request.freshness', 'The signature names no time.')
  } else {
    const age = trail.note(
      'request.freshness',
      judgeAge(proof.signedAt, proof.expiresAt, context),
      (time) => `Signed at ${time.toISOString()}.`,
    )
    if (isDenial(age)) return age
  }

  if (proof.nonce === undefined) {
    trail.skip('request.nonce', 'The signature names no nonce.')
  } else {
    const nonce = trail.note('request.nonce', checkNonce(proof.nonce), () => 'The nonce has a good form.')
    if (isDenial(nonce)) return nonce
  }

  const data = trail.note('request.body', checkContent(proof.content), describeData)
  if (isDenial(data)) return data
  return judgeSignature(proof, algorithm, path, data, trail)
}

function judgeAge(signedAt: Date, expiresAt: Date | undefined, context: DecisionContext): Date | Denial {
  const age = checkAge(signedAt, context)
  if (isDenial(age)) return age
  const unexpired = expiresAt === undefined || checkExpiry(expiresAt, context.at)
  return isDenial(unexpired) ? unexpired : age
}

async function judgeSignature(
  proof: Proof,
  algorithm: NamedAlgorithm,
  path: VerifiedPath,
  data: SignedData,
  trail: Trail,
): Promise<true | Denial> {
  const result = await checkSignature(proof, algorithm, path.key, data)
  return trail.note('request.signature', result, () => "The signature verifies under the certificate's key.")
}

function describeData(data: SignedData): string {
  return data.kind === 'sha256' ? 'A digest was signed.' : `${data.bytes.length} octets were signed.`
}

async function judgeReplay(
  proof: Proof | undefined,
  path: VerifiedPath,
  context: DecisionContext,
  trail: Trail,
): Promise<true | Denial> {
  if (proof?.nonce === undefined || proof.signedAt === undefined) {
    trail.skip('replay', 'There is no nonce to remember.')
    return true
  }
  const { at, ageWindowSeconds, clockSkewSeconds, replay } = context
  if (replay === 'unchecked') {
    trail.skip(
      'replay',
      'This verifier does not remember nonces: whether the request was used before is not known.',
    )
    return true
  }
  const keepSeconds = ageWindowSeconds + clockSkewSeconds
  const outcome = await replay.claim({
    // The key and not the certificate: a captured request would else be good once more with the next certificate of the same key,
    // which the simple profile does not sign.
    keyId: path.publicKeySha256,
    nonce: proof.nonce,
    at,
    expiresAt: new Date(proof.signedAt.getTime() + keepSeconds * 1000),
  })
  const result = outcome === 'claimed' || deny('NONCE_REPLAYED', 'The nonce was used before with this key.')
  return trail.note('replay', result, () => 'The nonce was not used before.')
}

/** The earliest of what ends the certificates and the token, the lists they were judged by, the signature's age window, and the reuse of answers. */
function validUntil(
  notAfter: Date,
  proof: Proof | undefined,
  { at, ageWindowSeconds, maxReuseSeconds }: DecisionContext,
  { state, reliedUntil }: Findings,
): Date {
  const ends = [notAfter.getTime()]
  if (reliedUntil) ends.push(reliedUntil.getTime())
  if (maxReuseSeconds !== undefined) ends.push(at.getTime() + maxReuseSeconds * 1000)
  // A live store is ahead of its list, and may outlive it.
  if (state && state.nextUpdate > at) ends.push(state.nextUpdate.getTime())
  if (proof?.signedAt) ends.push(proof.signedAt.getTime() + ageWindowSeconds * 1000)
  if (proof?.expiresAt) ends.push(proof.expiresAt.getTime())
  return new Date(Math.min(...ends))
}

function denial(
  query: DecisionQuery,
  { denied, message }: Denial,
  trail: Trail,
  findings: Findings,
): Decision {
  return {
    ...common(query, trail, findings),
    decision: 'DENY',
    denyReason: denied,
    message,
    validUntil: undefined,
  }
}

function allowance(
  query: DecisionQuery,
  { validUntil }: Allowance,
  trail: Trail,
  findings: Findings,
): Decision {
  const message = 'The request may be served.'
  return { ...common(query, trail, findings), decision: 'ALLOW', denyReason: undefined, message, validUntil }
}

function common({ requiredScopes }: DecisionQuery, trail: Trail, { principal, scopes, state }: Findings) {
  return {
    principal,
    grantedScopes: scopes ?? [],
    missingScopes: scopes ? missingScopes(scopes, requiredScopes) : [],
    evaluatedAt: state,
    checks: trail.results(),
  }
}
