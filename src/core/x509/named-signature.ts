import type { SignatureScheme } from '../crypto.ts'
import type { AcceptedKey } from './public-key.ts'
import { type EcdsaEncoding, verifyStrictly } from './signature-form.ts'

/** Signature algorithms of requests, by their names in the registry of RFC 9421 section 6.2.2. */
export type NamedAlgorithm =
  'ecdsa-p256-sha256' | 'ecdsa-p384-sha384' | 'ed25519' | 'rsa-v1_5-sha256' | 'rsa-pss-sha512'

/** Algorithms that a key can be used with, the default first; none for P-521, which signs no requests. */
export function allowedAlgorithms(key: AcceptedKey): readonly NamedAlgorithm[] {
  switch (key.type) {
    case 'p256':
      return ['ecdsa-p256-sha256']
    case 'p384':
      return ['ecdsa-p384-sha384']
    case 'ed25519':
      return ['ed25519']
    case 'rsa':
      return ['rsa-v1_5-sha256', 'rsa-pss-sha512']
    case 'p521':
      return []
  }
}

/** The algorithm that a key signs with when nothing else is said. */
export function defaultAlgorithm(key: AcceptedKey): NamedAlgorithm | undefined {
  return allowedAlgorithms(key)[0]
}

/** True if `name` is an algorithm that we verify. */
export function isNamedAlgorithm(name: string): name is NamedAlgorithm {
  return Object.hasOwn(SCHEMES, name)
}

const SCHEMES: Readonly<Record<NamedAlgorithm, SignatureScheme>> = {
  'ecdsa-p256-sha256': { kind: 'ecdsa', hash: 'sha256' },
  'ecdsa-p384-sha384': { kind: 'ecdsa', hash: 'sha384' },
  ed25519: { kind: 'ed25519' },
  'rsa-v1_5-sha256': { kind: 'rsa-pkcs1', hash: 'sha256' },
  'rsa-pss-sha512': { kind: 'rsa-pss', hash: 'sha512', saltBytes: 64 },
}

/** What {@link verifyNamedSignature} checks. `encoding` is for ECDSA only and `p1363` unless said otherwise. */
export interface NamedSignature {
  readonly key: AcceptedKey
  readonly algorithm: NamedAlgorithm
  readonly encoding?: EcdsaEncoding | undefined
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

/**
 * Checks a signature over a message. An algorithm that does not belong to the key does not verify: the key decides, never
 * the sender.
 */
export function verifyNamedSignature({
  key,
  algorithm,
  encoding = 'p1363',
  message,
  signature,
}: NamedSignature): Promise<boolean> {
  if (!allowedAlgorithms(key).includes(algorithm)) return Promise.resolve(false)
  return verifyStrictly(key, SCHEMES[algorithm], message, signature, encoding)
}
