import type { DerReader } from '../asn1/reader.ts'
import { enterDer } from '../asn1/reader.ts'
import { TAG } from '../asn1/tags.ts'
import { decodeInteger } from '../asn1/values.ts'
import { encodeSequence, encodeUnsigned } from '../asn1/writer.ts'
import { type SignatureScheme, verifySignature } from '../crypto.ts'
import { MalformedError } from '../errors.ts'
import { ED25519_ORDER, isSmallOrderPoint, readLittleEndian } from './ed25519-point.ts'
import type { AcceptedKey } from './public-key.ts'

/** How an ECDSA signature is written: `p1363` (r and s side by side) is what RFC 9421 and JOSE ask, `der` what X.509 has and openssl makes. */
export type EcdsaEncoding = 'der' | 'p1363'

/** Orders of the groups (SEC 2), by which an ECDSA signature's numbers are bounded. As wide as the numbers themselves. */
const ORDERS = {
  p256: Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex'),
  p384: Buffer.from(
    'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
    'hex',
  ),
  p521: Buffer.from(
    '01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
    'hex',
  ),
} as const

/**
 * Checks a signature strictly: its form first, so that nothing depends on how lax OpenSSL is, and then the signature itself.
 * Never rejects; whatever is wrong counts as "does not verify".
 */
export function verifyStrictly(
  accepted: AcceptedKey,
  scheme: SignatureScheme,
  message: Uint8Array,
  signature: Uint8Array,
  encoding: EcdsaEncoding = 'der',
): Promise<boolean> {
  const wellFormed = readSignature(accepted, scheme, signature, encoding)
  return wellFormed === undefined
    ? Promise.resolve(false)
    : verifySignature(accepted.key, scheme, message, wellFormed)
}

/** The signature as OpenSSL is to be given it, if it has the one form that its key and scheme allow. */
function readSignature(
  accepted: AcceptedKey,
  scheme: SignatureScheme,
  signature: Uint8Array,
  encoding: EcdsaEncoding,
): Uint8Array | undefined {
  switch (scheme.kind) {
    case 'ecdsa':
      if (accepted.type === 'rsa' || accepted.type === 'ed25519') return undefined
      return readEcdsaSignature(signature, encoding, ORDERS[accepted.type])
    case 'ed25519':
      return accepted.type === 'ed25519' && isEd25519Signature(signature) ? signature : undefined
    case 'rsa-pkcs1':
    case 'rsa-pss':
      // RFC 8017 sections 8.1.2 and 8.2.2: exactly as long as the modulus.
      return accepted.type === 'rsa' && signature.length === Math.ceil(accepted.bits / 8)
        ? signature
        : undefined
  }
}

// DER in any case: Node takes an order of magnitude longer to hand over a signature with `dsaEncoding` than to check most keys.
function readEcdsaSignature(
  signature: Uint8Array,
  encoding: EcdsaEncoding,
  order: Uint8Array,
): Uint8Array | undefined {
  const numbers = encoding === 'der' ? readDerNumbers(signature) : splitNumbers(signature, order.length)
  if (numbers?.every((number) => isInRange(number, order)) !== true) return undefined
  return encoding === 'der' ? signature : encodeSequence(...numbers.map((number) => encodeUnsigned(number)))
}

/** True for 1 to one below the order. A longer number than the order's is none of them, a shorter one counts as filled up. */
function isInRange(number: Uint8Array, order: Uint8Array): boolean {
  if (number.every((octet) => octet === 0)) return false
  return number.length < order.length || (number.length === order.length && isBelow(number, order))
}

/** For octet strings of one length. They differ early: a call to compare them natively takes longer. */
function isBelow(number: Uint8Array, bound: Uint8Array): boolean {
  const at = number.findIndex((octet, i) => octet !== bound[i])
  return at >= 0 && number[at]! < bound[at]!
}

function readDerNumbers(signature: Uint8Array): Uint8Array[] | undefined {
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

function readNumber(reader: DerReader): Uint8Array {
  const octets = decodeInteger(reader.read(TAG.integer))
  // A negative number counts as zero, which is out of range as well.
  if (octets[0]! >= 0x80) return octets.subarray(0, 0)
  return octets[0] === 0 ? octets.subarray(1) : octets
}

function splitNumbers(signature: Uint8Array, bytes: number): Uint8Array[] | undefined {
  if (signature.length !== 2 * bytes) return undefined
  return [signature.subarray(0, bytes), signature.subarray(bytes)]
}

// RFC 8032 section 5.1.7: S below the order, or a second signature could be made of the first. R of small order says nothing
// about the message.
function isEd25519Signature(signature: Uint8Array): boolean {
  if (signature.length !== 64) return false
  return (
    readLittleEndian(signature.subarray(32)) < ED25519_ORDER && !isSmallOrderPoint(signature.subarray(0, 32))
  )
}
