import { DomainError } from '../errors.ts'
import { verifyRsaSha256Digest } from '../crypto.ts'
import { bodyDigest, matchesNamed } from '../request/body-digest.ts'
import type { SignedData } from '../request/credential.ts'
import { isNonce } from '../request/nonce.ts'
import {
  type NamedAlgorithm,
  allowedAlgorithms,
  defaultAlgorithm,
  verifyNamedSignature,
} from '../x509/named-signature.ts'
import type { AcceptedKey } from '../x509/public-key.ts'
import type { DecisionContext } from './decision.ts'
import { type Denial, deny } from './denial.ts'
import { type Proof, type SignedContent, httpSignedData } from './parse-credential.ts'

/**
 * Settles the algorithm: the key decides, and what the request says must agree.
 *
 * @throws {@link DomainError} FIELD_NOT_IMPLEMENTED for a digest instead of a message under ECDSA or RSA-PSS: OpenSSL's interface in
 * Node has no check of a given digest for them, and a second implementation of elliptic curves is not worth that convenience.
 */
export function checkAlgorithm(proof: Proof, key: AcceptedKey): NamedAlgorithm | Denial {
  const name = proof.algorithm ?? defaultAlgorithm(key)
  const algorithm = allowedAlgorithms(key).find((allowed) => allowed === name)
  if (algorithm === undefined) {
    return deny(
      'SIGNATURE_ALGORITHM_INVALID',
      `The signature algorithm ${name?.slice(0, 64) ?? '(none)'} does not fit a key of type ${key.type}.`,
    )
  }
  const { content } = proof
  if (content.kind === 'given' && content.data.kind === 'sha256' && algorithm !== 'rsa-v1_5-sha256') {
    if (algorithm === 'ed25519') {
      return deny(
        'SIGNATURE_ALGORITHM_INVALID',
        'Ed25519 signs a message; it cannot be checked against a digest.',
      )
    }
    throw new DomainError(
      'FIELD_NOT_IMPLEMENTED',
      `A digest in place of the message is not possible with ${algorithm} in this release; send the message.`,
      { field: 'detached_signature.digest' },
    )
  }
  return algorithm
}

/** Everything that our profile needs must be signed: what is not could be changed by anyone. */
export function checkCoverage(uncovered: readonly string[]): true | Denial {
  return (
    uncovered.length === 0 ||
    deny('COVERAGE_INSUFFICIENT', `The signature does not cover ${uncovered.join(', ')}.`)
  )
}

/** Past the end that the signer chose itself, no skew is granted: it is the signer who knows. */
export function checkExpiry(expiresAt: Date, at: Date): true | Denial {
  return at <= expiresAt || deny('SIGNATURE_EXPIRED', 'The signature is past the end that it names.')
}

/** The signature must have been made within the age window before the instant, or within the skew after it; both ends included. */
export function checkAge(
  signedAt: Date,
  context: Pick<DecisionContext, 'at' | 'ageWindowSeconds' | 'clockSkewSeconds'>,
): Date | Denial {
  const ageMs = context.at.getTime() - signedAt.getTime()
  if (ageMs > context.ageWindowSeconds * 1000) {
    return deny('SIGNATURE_EXPIRED', `The request was signed more than ${context.ageWindowSeconds} s ago.`)
  }
  if (-ageMs > context.clockSkewSeconds * 1000) {
    return deny(
      'SIGNATURE_NOT_YET_VALID',
      `The request was signed more than ${context.clockSkewSeconds} s in the future.`,
    )
  }
  // An instant that is not a number fails no comparison above.
  return Number.isFinite(ageMs)
    ? signedAt
    : deny('CREDENTIAL_MALFORMED', 'The time of the signature is no instant.')
}

export function checkNonce(nonce: string): string | Denial {
  return isNonce(nonce)
    ? nonce
    : deny('NONCE_INVALID', 'The nonce is not 16 to 128 visible ASCII characters.')
}

/** Settles what the signature is over. The body must be whole, and be the one that the request's own digest headers name. */
export function checkContent(content: SignedContent): SignedData | Denial {
  if (content.kind === 'given') return content.data
  const { request, signature } = content
  if (request.bodyTruncated) return deny('BODY_TRUNCATED', 'The resource server did not see the whole body.')
  const digest = bodyDigest(request.body)
  if (!matchesNamed(request.body, digest, signature.namedDigests)) {
    return deny('DIGEST_MISMATCH', 'The body is not the one that the digest header of the request names.')
  }
  return httpSignedData(content, digest)
}

/** The signature must verify over the content under the certificate's key. */
export async function checkSignature(
  proof: Proof,
  algorithm: NamedAlgorithm,
  key: AcceptedKey,
  data: SignedData,
): Promise<true | Denial> {
  const { signature, encoding } = proof
  const valid =
    data.kind === 'sha256'
      ? verifyRsaSha256Digest(key.key, data.digest, signature)
      : await verifyNamedSignature({ key, algorithm, encoding, message: data.bytes, signature })
  return valid
    ? true
    : deny('SIGNATURE_INVALID', 'The signature does not verify over what was received, under this key.')
}
