import { enterDer } from '../asn1/reader.ts'
import { TAG } from '../asn1/tags.ts'
import { decodeInteger } from '../asn1/values.ts'
import { concatBytes } from '../bytes.ts'
import type { SigningAlgorithm } from '../issuance/signing-algorithm.ts'

/** Octets of each number. */
const ECDSA_BYTES: Partial<Record<SigningAlgorithm, number>> = {
  'ecdsa-p256-sha256': 32,
  'ecdsa-p384-sha384': 48,
}

/** A signature as JWS wants it: ECDSA's two numbers side by side (RFC 7518 section 3.4), where signers make DER; all others as they are. */
export function concatSignature(algorithm: SigningAlgorithm, signature: Uint8Array): Uint8Array {
  const bytes = ECDSA_BYTES[algorithm]
  if (bytes === undefined) return signature
  const reader = enterDer(signature, TAG.sequence)
  const numbers = [reader.read(TAG.integer), reader.read(TAG.integer)].map(decodeInteger)
  reader.end()
  return concatBytes(numbers.map((number) => padTo(bytes, number)))
}

function padTo(length: number, integer: Uint8Array): Uint8Array {
  // An integer whose first bit is set has a zero octet before it.
  const octets = integer[0] === 0 ? integer.subarray(1) : integer
  const padded = new Uint8Array(length)
  padded.set(octets, length - octets.length)
  return padded
}
