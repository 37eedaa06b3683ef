import { type DerElement, DerReader } from '../asn1/reader.ts'
import { OID } from '../asn1/oids.ts'
import { TAG } from '../asn1/tags.ts'
import { decodeOctetAlignedBitString, decodeOid } from '../asn1/values.ts'
import { type PublicKey, importPublicKey } from '../crypto.ts'
import { MalformedError } from '../errors.ts'
import { MAX_PUBLIC_KEY_BYTES } from '../limits.ts'
import { parseAlgorithmIdentifier } from './algorithm.ts'
import { checkEd25519Point } from './ed25519-point.ts'
import { checkChainModulus, checkIssuanceModulus, decodeRsaPublicKey } from './rsa-key.ts'
import type { SubjectPublicKeyInfo } from './types.ts'

/** A public key whose type, size and value passed a rule of this file. */
export interface AcceptedKey {
  readonly type: 'p256' | 'p384' | 'p521' | 'ed25519' | 'rsa'
  /** Of the modulus for RSA, of the field else. */
  readonly bits: number
  readonly spkiDer: Uint8Array
  readonly key: PublicKey
}

/** Parses a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7); the key itself is checked by {@link checkPublicKey}. */
export function parseSubjectPublicKeyInfo(element: DerElement): SubjectPublicKeyInfo {
  if (element.tag !== TAG.sequence) {
    throw new MalformedError('public_key.not_a_sequence', 'a SubjectPublicKeyInfo is not a SEQUENCE')
  }
  if (element.der.length > MAX_PUBLIC_KEY_BYTES)
    throw new MalformedError('public_key.too_large', 'a key is too large')
  const reader = element.enter()
  const algorithm = parseAlgorithmIdentifier(reader.readAny())
  const keyBytes = decodeOctetAlignedBitString(reader.read(TAG.bitString))
  reader.end()
  return { der: element.der, algorithm, keyBytes }
}

/** Parses bytes that must be exactly one SubjectPublicKeyInfo. */
export function decodeSubjectPublicKeyInfo(der: Uint8Array): SubjectPublicKeyInfo {
  const reader = new DerReader(der)
  const spki = parseSubjectPublicKeyInfo(reader.readAny())
  reader.end()
  return spki
}

/**
 * Checks a key for which a certificate is asked: P-256, P-384, Ed25519, or RSA with 2048, 3072 or 4096 bits and exponent
 * 65537 that is not known to be weak.
 *
 * @throws {@link MalformedError} `public_key.*`.
 */
export function checkPublicKey(spki: SubjectPublicKeyInfo): AcceptedKey {
  const accepted = readKey(spki, checkIssuanceModulus)
  if (accepted.type === 'p521')
    throw new MalformedError('public_key.curve', 'the curve is neither P-256 nor P-384')
  return accepted
}

// A certificate's key is imported once, however many paths it is tried in; one that is refused as well.
const chainKeys = new WeakMap<SubjectPublicKeyInfo, AcceptedKey | MalformedError>()

/**
 * Checks a key in a chain that others issued: also P-521, and RSA from 2048 to 8192 bits with any odd exponent from 3.
 *
 * @throws {@link MalformedError} `public_key.*`.
 */
export function checkChainKey(spki: SubjectPublicKeyInfo): AcceptedKey {
  let known = chainKeys.get(spki)
  if (known === undefined) {
    known = readChainKey(spki)
    chainKeys.set(spki, known)
  }
  if (known instanceof MalformedError) throw known
  return known
}

function readChainKey(spki: SubjectPublicKeyInfo): AcceptedKey | MalformedError {
  try {
    return readKey(spki, checkChainModulus)
  } catch (error) {
    if (error instanceof MalformedError) return error
    throw error
  }
}

type ModulusRule = (modulus: bigint, bits: number, exponent: bigint) => void

function readKey(spki: SubjectPublicKeyInfo, checkModulus: ModulusRule): AcceptedKey {
  const { type, bits } = readKeyType(spki, checkModulus)
  return { type, bits, spkiDer: spki.der, key: importPublicKey(spki.der) }
}

function readKeyType(
  spki: SubjectPublicKeyInfo,
  checkModulus: ModulusRule,
): Pick<AcceptedKey, 'type' | 'bits'> {
  const { algorithm, keyBytes } = spki
  switch (algorithm.oid) {
    case OID.rsaEncryption: {
      // RFC 3279 section 2.3.1: parameters MUST be NULL.
      if (algorithm.parametersDer?.length !== 2 || algorithm.parametersDer[0] !== TAG.null) {
        throw new MalformedError('public_key.parameters', 'the parameters of an RSA key are not NULL')
      }
      const { modulus, exponent, bits } = decodeRsaPublicKey(keyBytes)
      checkModulus(modulus, bits, exponent)
      return { type: 'rsa', bits }
    }
    case OID.ecPublicKey:
      return readCurve(algorithm.parametersDer, keyBytes)
    case OID.ed25519:
      if (algorithm.parametersDer !== undefined) {
        throw new MalformedError('public_key.parameters', 'an Ed25519 key has parameters')
      }
      checkEd25519Point(keyBytes)
      return { type: 'ed25519', bits: 255 }
    default:
      throw new MalformedError('public_key.algorithm', `keys of type ${algorithm.oid} are not accepted`)
  }
}

const CURVES = new Map<string, { readonly type: 'p256' | 'p384' | 'p521'; readonly bits: number }>([
  [OID.prime256v1, { type: 'p256', bits: 256 }],
  [OID.secp384r1, { type: 'p384', bits: 384 }],
  [OID.secp521r1, { type: 'p521', bits: 521 }],
])

// RFC 5480 section 2.1.1: a named curve and nothing else. Explicit parameters let the sender choose the generator (CVE-2020-0601).
function readCurve(
  parametersDer: Uint8Array | undefined,
  point: Uint8Array,
): Pick<AcceptedKey, 'type' | 'bits'> {
  if (parametersDer?.[0] !== TAG.oid)
    throw new MalformedError('public_key.curve', 'the curve is not given by its name')
  const curve = CURVES.get(decodeOid(new DerReader(parametersDer).read(TAG.oid)))
  if (curve === undefined) throw new MalformedError('public_key.curve', 'the curve is not supported')
  if (point[0] !== 0x04 || point.length !== 1 + 2 * Math.ceil(curve.bits / 8)) {
    throw new MalformedError('public_key.point', 'the point is not in uncompressed form')
  }
  return curve
}
