import { type SignatureScheme, verifySignature } from '../crypto.ts'
import type { AcceptedKey } from '../x509/public-key.ts'
import type { SignatureAlgorithm } from './credential.ts'

interface AlgorithmInfo {
  readonly keyType: AcceptedKey['type']
  readonly scheme: SignatureScheme
}

// RFC 9421 section 3.3, but for ECDSA signatures in DER, which is what openssl and most libraries make.
const ALGORITHMS: Readonly<Record<SignatureAlgorithm, AlgorithmInfo>> = {
  'ecdsa-p256-sha256': { keyType: 'p256', scheme: { kind: 'ecdsa', hash: 'sha256', encoding: 'der' } },
  'ecdsa-p384-sha384': { keyType: 'p384', scheme: { kind: 'ecdsa', hash: 'sha384', encoding: 'der' } },
  ed25519: { keyType: 'ed25519', scheme: { kind: 'ed25519' } },
  'rsa-v1_5-sha256': { keyType: 'rsa', scheme: { kind: 'rsa-pkcs1', hash: 'sha256' } },
  'rsa-pss-sha512': { keyType: 'rsa', scheme: { kind: 'rsa-pss', hash: 'sha512', saltBytes: 64 } },
}

const DEFAULTS: Readonly<Record<AcceptedKey['type'], SignatureAlgorithm | undefined>> = {
  p256: 'ecdsa-p256-sha256',
  p384: 'ecdsa-p384-sha384',
  // We certify no such keys, and RFC 9421 names no algorithm for them.
  p521: undefined,
  ed25519: 'ed25519',
  rsa: 'rsa-v1_5-sha256',
}

/** What a key signs requests with when nothing else is said; `undefined` for a key that cannot sign requests. */
export function defaultAlgorithm(key: AcceptedKey): SignatureAlgorithm | undefined {
  return DEFAULTS[key.type]
}

/** True if a key of this type can make signatures of this algorithm. */
export function fitsKey(algorithm: SignatureAlgorithm, key: AcceptedKey): boolean {
  return ALGORITHMS[algorithm].keyType === key.type
}

/** Checks a signature on the thread pool. An algorithm that does not fit the key counts as "does not verify". */
export async function verifyRequestSignature(
  key: AcceptedKey,
  algorithm: SignatureAlgorithm,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  return (
    fitsKey(algorithm, key) &&
    (await verifySignature(key.key, ALGORITHMS[algorithm].scheme, message, signature))
  )
}
