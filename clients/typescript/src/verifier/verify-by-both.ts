import type { DecisionQuery, ReplayGuard } from '../../../../src/core/decision/decision.ts'
import { isDenial } from '../../../../src/core/decision/denial.ts'
import { parseCredential } from '../../../../src/core/decision/parse-credential.ts'
import { sha256 } from '../../../../src/core/crypto.ts'
import { parseCertificate } from '../../../../src/core/x509/certificate.ts'
import type { Circuit } from './circuit.ts'
import { NoDecisionError, type NoDecisionReason } from './no-decision-error.ts'
import type { Verification } from './verification.ts'
import type { DecisionEngine } from './verify-remotely.ts'

/**
 * What is wrong with the authority, and not with the question or with us: what this process can decide itself meanwhile. Above all not NONCE_STORE_FULL, where a replay could not be told, and
 * not CALLER_REVOKED or CALLER_NOT_ALLOWED, which say that this process is not to decide.
 */
const FALLS: ReadonlySet<NoDecisionReason> = new Set<NoDecisionReason>([
  'AUTHORITY_SLOW',
  'AUTHORITY_UNREACHABLE',
  'INTERNAL',
  'RATE_LIMITED',
  'REVOCATION_STATE_STALE',
  'SHUTTING_DOWN',
  'SIGNER_UNAVAILABLE',
  'STORE_UNAVAILABLE',
  'VERIFIER_BUSY',
])

/**
 * Asks the authority, and decides here while it does not answer. A nonce that the authority took is remembered here too, and one that was taken here is not good there: what one of the two
 * allowed, the other must not allow again.
 */
export function createAutoEngine(options: {
  readonly remote: DecisionEngine
  readonly local: DecisionEngine
  readonly circuit: Circuit
  readonly replay: ReplayGuard
  readonly now: () => Date
  /** How long a nonce is remembered, in seconds. */
  readonly windowSeconds: number
}): DecisionEngine {
  const { remote, local, circuit } = options
  return {
    async verify(question, query) {
      if (!circuit.admits()) return local.verify(question, query)
      let answer: Verification
      try {
        answer = await remote.verify(question, query)
      } catch (error) {
        if (!(error instanceof NoDecisionError) || !FALLS.has(error.reason)) {
          // It answered, if only to refuse.
          circuit.succeeded()
          throw error
        }
        // Too many of our own questions wait, which says nothing of the authority.
        if (error.reason === 'VERIFIER_BUSY') circuit.abandoned()
        else circuit.failed()
        return local.verify(question, query)
      }
      circuit.succeeded()
      return answer.decision === 'ALLOW' && !(await claim(query, options)) ? replayed(answer) : answer
    },
    close() {
      circuit.close()
      remote.close()
      local.close()
    },
  }
}

/** False if this process has taken the nonce before. */
async function claim(
  query: DecisionQuery,
  { replay, now, windowSeconds }: Parameters<typeof createAutoEngine>[0],
): Promise<boolean> {
  const used = nonceOf(query)
  if (!used) return true
  const expiresAt = new Date(used.signedAt.getTime() + windowSeconds * 1000)
  return (await replay.claim({ keyId: used.keyId, nonce: used.nonce, at: now(), expiresAt })) === 'claimed'
}

function nonceOf({ credential }: DecisionQuery) {
  if (credential.kind === 'bearer') return undefined
  const parsed = parseCredential(credential)
  if (isDenial(parsed)) return undefined
  const { nonce, signedAt } = parsed.proof ?? {}
  if (nonce === undefined || !signedAt) return undefined
  return { nonce, signedAt, keyId: sha256(parseCertificate(parsed.chain[0]!).publicKey.der) }
}

function replayed(answer: Verification): Verification {
  return {
    ...answer,
    decision: 'DENY',
    reason: 'NONCE_REPLAYED',
    message: 'The nonce was used before with this key.',
    validUntil: undefined,
  }
}
