import { type HashName, type SignatureScheme, verifyHmac } from '../crypto.ts'
import type { VerificationKey } from '../request/rfc9421/verify-message.ts'
import type { AcceptedKey } from '../x509/public-key.ts'
import { verifyStrictly } from '../x509/signature-form.ts'

/** How one algorithm is checked, and with which keys it goes. */
type AlgorithmRule =
  | { readonly keyType: AcceptedKey['type']; readonly scheme: SignatureScheme }
  | { readonly keyType: 'secret'; readonly hash: HashName; readonly bytes: number }

const rsa = (kind: 'rsa-pkcs1' | 'rsa-pss', hash: HashName, saltBytes: number): AlgorithmRule => ({
  keyType: 'rsa',
  scheme: kind === 'rsa-pss' ? { kind, hash, saltBytes } : { kind, hash },
})
const ecdsa = (keyType: 'p256' | 'p384' | 'p521', hash: HashName): AlgorithmRule => ({
  keyType,
  scheme: { kind: 'ecdsa', hash },
})
const hmac = (hash: HashName, bytes: number): AlgorithmRule => ({ keyType: 'secret', hash, bytes })
const ed25519: AlgorithmRule = { keyType: 'ed25519', scheme: { kind: 'ed25519' } }

/** RFC 7518 section 3.1, RFC 8037, RFC 9864. `none` is not an algorithm, and a secret is never the octets of a public key. */
const RULES: ReadonlyMap<string, AlgorithmRule> = new Map([
  ['ES256', ecdsa('p256', 'sha256')],
  ['ES384', ecdsa('p384', 'sha384')],
  ['ES512', ecdsa('p521', 'sha512')],
  ['EdDSA', ed25519],
  ['Ed25519', ed25519],
  ['RS256', rsa('rsa-pkcs1', 'sha256', 0)],
  ['RS384', rsa('rsa-pkcs1', 'sha384', 0)],
  ['RS512', rsa('rsa-pkcs1', 'sha512', 0)],
  ['PS256', rsa('rsa-pss', 'sha256', 32)],
  ['PS384', rsa('rsa-pss', 'sha384', 48)],
  ['PS512', rsa('rsa-pss', 'sha512', 64)],
  ['HS256', hmac('sha256', 32)],
  ['HS384', hmac('sha384', 48)],
  ['HS512', hmac('sha512', 64)],
])

/** True if a key of this kind can be used with the algorithm at all: curve and all, and no secret shorter than its hash (RFC 7518 section 3.2). */
export function keyFitsAlgorithm(key: VerificationKey, algorithm: string): boolean {
  const rule = RULES.get(algorithm)
  if (rule === undefined) return false
  return key.kind === 'secret'
    ? rule.keyType === 'secret' && key.secret.length >= rule.bytes
    : rule.keyType === key.key.type
}

/** Checks a signature or MAC. An algorithm that does not fit the key does not verify. */
export async function verifyJwsOctets(
  key: VerificationKey,
  algorithm: string,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const rule = RULES.get(algorithm)
  if (rule === undefined || !keyFitsAlgorithm(key, algorithm)) return false
  if (key.kind === 'secret')
    return rule.keyType === 'secret' && verifyHmac(rule.hash, key.secret, message, signature)
  return rule.keyType !== 'secret' && verifyStrictly(key.key, rule.scheme, message, signature, 'p1363')
}
