import type { DerReader } from '../asn1/reader.ts'
import { enterDer } from '../asn1/reader.ts'
import { TAG } from '../asn1/tags.ts'
import { decodeInteger } from '../asn1/values.ts'
import { formatHex } from '../bytes.ts'
import { type SignatureScheme, verifySignature } from '../crypto.ts'
import { MalformedError } from '../errors.ts'
import { ED25519_ORDER, isSmallOrderPoint, readLittleEndian } from './ed25519-point.ts'
import type { AcceptedKey } from './public-key.ts'

/** Orders of the groups (SEC 2), by which an ECDSA signature's numbers are bounded. */
const CURVES = {
  p256: { bytes: 32, order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n },
  p384: {
    bytes: 48,
    order:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
  p521: {
    bytes: 66,
    order:
      0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  },
} as const

/**
 * Checks a signature strictly: its form first, so that nothing depends on how lax OpenSSL is, and then the signature itself.
 * Never rejects; whatever is wrong counts as "does not verify".
 */
export async function verifyStrictly(
  accepted: AcceptedKey,
  scheme: SignatureScheme,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  return (
    isWellFormed(accepted, scheme, signature) &&
    (await verifySignature(accepted.key, scheme, message, signature))
  )
}

/** True if a signature has the one form that its key and scheme allow. */
function isWellFormed(accepted: AcceptedKey, scheme: SignatureScheme, signature: Uint8Array): boolean {
  switch (scheme.kind) {
    case 'ecdsa':
      if (accepted.type === 'rsa' || accepted.type === 'ed25519') return false
      return isEcdsaSignature(signature, scheme.encoding, CURVES[accepted.type])
    case 'ed25519':
      return accepted.type === 'ed25519' && isEd25519Signature(signature)
    case 'rsa-pkcs1':
    case 'rsa-pss':
      // RFC 8017 sections 8.1.2 and 8.2.2: exactly as long as the modulus.
      return accepted.type === 'rsa' && signature.length === Math.ceil(accepted.bits / 8)
  }
}

function isEcdsaSignature(
  signature: Uint8Array,
  encoding: 'der' | 'p1363',
  { bytes, order }: { readonly bytes: number; readonly order: bigint },
): boolean {
  const numbers = encoding === 'der' ? readDerNumbers(signature) : splitNumbers(signature, bytes)
  return numbers?.every((number) => number > 0n && number < order) ?? false
}

function readDerNumbers(signature: Uint8Array): bigint[] | undefined {
  try {
    const reader = enterDer(signature, TAG.sequence)
    const numbers = [readNumber(reader), readNumber(reader)]
    reader.end()
    return numbers
  } catch (error) {
    if (error instanceof MalformedError) return undefined
    throw error
  }
}

function readNumber(reader: DerReader): bigint {
  const octets = decodeInteger(reader.read(TAG.integer))
  // Negative, or longer than any order: zero is refused by the range.
  return octets[0]! >= 0x80 || octets.length > 67 ? 0n : BigInt(`0x${formatHex(octets)}`)
}

function splitNumbers(signature: Uint8Array, bytes: number): bigint[] | undefined {
  if (signature.length !== 2 * bytes) return undefined
  return [signature.subarray(0, bytes), signature.subarray(bytes)].map((half) =>
    BigInt(`0x${formatHex(half)}`),
  )
}

// RFC 8032 section 5.1.7: S below the order, or a second signature could be made of the first. R of small order says nothing
// about the message.
function isEd25519Signature(signature: Uint8Array): boolean {
  if (signature.length !== 64) return false
  return (
    readLittleEndian(signature.subarray(32)) < ED25519_ORDER && !isSmallOrderPoint(signature.subarray(0, 32))
  )
}
