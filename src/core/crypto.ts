import {
  type KeyObject,
  createHmac,
  createPublicKey,
  hash as hashOnce,
  publicDecrypt,
  timingSafeEqual,
  verify as nodeVerify,
} from 'node:crypto'
import { MalformedError } from './errors.ts'
import { formatPem } from './pem.ts'

/**
 * The only file of the core that touches `node:crypto`. Hashing, key import and signature checks are deterministic,
 * so the core stays pure; randomness and signing live outside it.
 */

export type HashName = 'sha1' | 'sha256' | 'sha384' | 'sha512'

/** A public key that OpenSSL accepted. */
export type PublicKey = KeyObject

/** How a signature is checked. ECDSA signatures are DER; `saltBytes` is for PSS only. */
export type SignatureScheme =
  | { readonly kind: 'ecdsa'; readonly hash: HashName }
  | { readonly kind: 'rsa-pkcs1'; readonly hash: HashName }
  | { readonly kind: 'rsa-pss'; readonly hash: HashName; readonly saltBytes: number }
  | { readonly kind: 'ed25519' }

export function hash(name: HashName, data: Uint8Array): Uint8Array {
  return hashOnce(name, data, 'buffer')
}

export function sha256(data: Uint8Array): Uint8Array {
  return hash('sha256', data)
}

/** For keys of maps: straight to text is half the price of a digest in octets. */
export function sha256Base64(data: Uint8Array): string {
  return hashOnce('sha256', data, 'base64')
}

/** How `keyid` and `x5t#S256` name a certificate (RFC 8705 section 3.1). */
export function sha256Base64Url(data: Uint8Array): string {
  return hashOnce('sha256', data, 'base64url')
}

/**
 * Imports a SubjectPublicKeyInfo. Check its structure and policy first (`x509/public-key.ts`): OpenSSL accepts more
 * than we do.
 *
 * @throws {@link MalformedError} `public_key.unreadable`, for instance a point that is not on the curve.
 */
export function importPublicKey(spkiDer: Uint8Array): PublicKey {
  try {
    // As text, because Node asks an object whether it is a KeyObject or a CryptoKey by four exceptions, which cost more than the import.
    return createPublicKey(formatPem('PUBLIC KEY', spkiDer))
  } catch {
    throw new MalformedError('public_key.unreadable', 'the key is not valid for its algorithm')
  }
}

/**
 * The SubjectPublicKeyInfo of a JSON Web Key (RFC 7517), of its public members only. Check it like any other.
 *
 * @throws {@link MalformedError} `public_key.jwk`
 */
export function spkiOfJwk(jwk: Readonly<Record<string, unknown>>): Uint8Array {
  const members: Record<string, string> = {}
  for (const name of ['kty', 'crv', 'x', 'y', 'n', 'e']) {
    const value = jwk[name]
    if (typeof value === 'string') members[name] = value
  }
  try {
    return createPublicKey({ key: members, format: 'jwk' }).export({ format: 'der', type: 'spki' })
  } catch {
    throw new MalformedError('public_key.jwk', 'the JSON Web Key is not a valid public key')
  }
}

/** The JSON Web Key of a SubjectPublicKeyInfo that was checked. */
export function jwkOfSpki(spkiDer: Uint8Array): Readonly<Record<string, unknown>> {
  return { ...importPublicKey(spkiDer).export({ format: 'jwk' }) }
}

/** Checks an HMAC in constant time. */
export function verifyHmac(
  name: HashName,
  secret: Uint8Array,
  message: Uint8Array,
  mac: Uint8Array,
): boolean {
  const expected = createHmac(name, secret).update(message).digest()
  return mac.length === expected.length && timingSafeEqual(expected, mac)
}

// RSA_PKCS1_PSS_PADDING and RSA_PKCS1_PADDING of OpenSSL; literal, because node:crypto's `constants` object is untyped per key.
const RSA_PKCS1_PADDING = 1
const RSA_NO_PADDING = 3
const RSA_PKCS1_PSS_PADDING = 6

// Where Node's default is what is wanted, the key goes alone: wrapped in options, each call costs 15-45 us more.
function parameters(key: PublicKey, scheme: SignatureScheme) {
  switch (scheme.kind) {
    case 'ecdsa':
      return { algorithm: scheme.hash, key }
    case 'rsa-pkcs1':
      // Only for a plain RSA key is this padding the default.
      return {
        algorithm: scheme.hash,
        key: key.asymmetricKeyType === 'rsa' ? key : { key, padding: RSA_PKCS1_PADDING },
      }
    case 'rsa-pss':
      return {
        algorithm: scheme.hash,
        key: { key, padding: RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltBytes },
      }
    case 'ed25519':
      return { algorithm: null, key }
  }
}

/** Checks a signature on the calling thread. An exception from OpenSSL counts as "does not verify". */
export function verifySignatureSync(
  key: PublicKey,
  scheme: SignatureScheme,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const { algorithm, key: options } = parameters(key, scheme)
  try {
    return nodeVerify(algorithm, message, options, signature)
  } catch {
    return false
  }
}

/** Checks a signature on the thread pool, so that the event loop stays free. Never rejects: an error is "does not verify". */
export function verifySignature(
  key: PublicKey,
  scheme: SignatureScheme,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const { algorithm, key: options } = parameters(key, scheme)
  return new Promise((resolve) => {
    try {
      nodeVerify(algorithm, message, options, signature, (error, ok) => resolve(error === null && ok))
    } catch {
      resolve(false)
    }
  })
}

// DER of DigestInfo up to the digest, RFC 8017 section 9.2 note 1.
const SHA256_DIGEST_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex')

/**
 * Checks an RSASSA-PKCS1-v1_5 signature with SHA-256 against a digest made elsewhere. As RFC 8017 section 8.2.2 has it, the one encoding that is right
 * is made and compared whole; what the signature decodes to is never parsed, which is where forgeries with small exponents came from.
 */
export function verifyRsaSha256Digest(key: PublicKey, digest: Uint8Array, signature: Uint8Array): boolean {
  const bits = key.asymmetricKeyType === 'rsa' ? key.asymmetricKeyDetails?.modulusLength : undefined
  const length = Math.ceil((bits ?? 0) / 8)
  const filling = length - 3 - SHA256_DIGEST_INFO.length - digest.length
  if (filling < 8 || digest.length !== 32 || signature.length !== length) return false
  const expected = Buffer.concat([
    Buffer.of(0, 1),
    Buffer.alloc(filling, 0xff),
    Buffer.of(0),
    SHA256_DIGEST_INFO,
    digest,
  ])
  try {
    return publicDecrypt({ key, padding: RSA_NO_PADDING }, signature).equals(expected)
  } catch {
    return false
  }
}
