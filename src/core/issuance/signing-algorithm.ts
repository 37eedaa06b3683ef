import { OID } from '../asn1/oids.ts'
import { encodeNull, encodeOid, encodeSequence } from '../asn1/writer.ts'
import type { SignatureScheme } from '../crypto.ts'
import type { AcceptedKey } from '../x509/public-key.ts'

/** What authorities and clients sign with: one algorithm per key type, so that nothing is negotiated. */
export type SigningAlgorithm = 'ecdsa-p256-sha256' | 'ecdsa-p384-sha384' | 'ed25519' | 'rsa-v1_5-sha256'

/** Types of key that the authority makes and certifies. */
export type KeyType = 'p256' | 'p384' | 'ed25519' | 'rsa2048' | 'rsa3072' | 'rsa4096'

interface SigningAlgorithmInfo {
  /** The AlgorithmIdentifier. ECDSA and Ed25519 have no parameters (RFC 5758, 8410), RSA has NULL (RFC 4055). */
  readonly identifierDer: Uint8Array
  readonly scheme: SignatureScheme
}

const ALGORITHMS: Readonly<Record<SigningAlgorithm, SigningAlgorithmInfo>> = {
  'ecdsa-p256-sha256': {
    identifierDer: encodeSequence(encodeOid(OID.ecdsaWithSha256)),
    scheme: { kind: 'ecdsa', hash: 'sha256' },
  },
  'ecdsa-p384-sha384': {
    identifierDer: encodeSequence(encodeOid(OID.ecdsaWithSha384)),
    scheme: { kind: 'ecdsa', hash: 'sha384' },
  },
  ed25519: { identifierDer: encodeSequence(encodeOid(OID.ed25519)), scheme: { kind: 'ed25519' } },
  'rsa-v1_5-sha256': {
    identifierDer: encodeSequence(encodeOid(OID.sha256WithRsaEncryption), encodeNull()),
    scheme: { kind: 'rsa-pkcs1', hash: 'sha256' },
  },
}

/** The AlgorithmIdentifier that certificates, CSRs and CRLs carry, DER. */
export function encodeSigningAlgorithm(algorithm: SigningAlgorithm): Uint8Array {
  return ALGORITHMS[algorithm].identifierDer
}

/** How a signature by that algorithm is checked. */
export function signingScheme(algorithm: SigningAlgorithm): SignatureScheme {
  return ALGORITHMS[algorithm].scheme
}

/** The one algorithm that a key of this type signs with; `undefined` for keys that we accept in others' chains only. */
export function signingAlgorithmOf(keyType: AcceptedKey['type']): SigningAlgorithm | undefined {
  switch (keyType) {
    case 'p256':
      return 'ecdsa-p256-sha256'
    case 'p384':
      return 'ecdsa-p384-sha384'
    case 'ed25519':
      return 'ed25519'
    case 'rsa':
      return 'rsa-v1_5-sha256'
    case 'p521':
      return undefined
  }
}
