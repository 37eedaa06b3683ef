import { type DerElement, DerReader, enterDer } from '../asn1/reader.ts'
import { OID } from '../asn1/oids.ts'
import { TAG, contextConstructed } from '../asn1/tags.ts'
import { decodeNull, decodeOid, decodeSmallInteger } from '../asn1/values.ts'
import type { HashName, SignatureScheme } from '../crypto.ts'
import { MalformedError } from '../errors.ts'
import type { AlgorithmIdentifier } from './types.ts'

/** Parses an AlgorithmIdentifier (RFC 5280 section 4.1.1.2). Parameters are kept as they are. */
export function parseAlgorithmIdentifier(element: DerElement): AlgorithmIdentifier {
  if (element.tag !== TAG.sequence) {
    throw new MalformedError('algorithm.not_a_sequence', 'an AlgorithmIdentifier is not a SEQUENCE')
  }
  const reader = element.enter()
  const oid = decodeOid(reader.read(TAG.oid))
  const parametersDer = reader.done ? undefined : reader.readAny().der
  reader.end()
  return { oid, parametersDer, der: element.der }
}

/** Why a signature algorithm is refused. `weak`: we know it and it is broken; `unsupported`: we do not know it. */
export type AlgorithmRefusal = 'weak' | 'unsupported' | 'malformed'

/** What {@link readSignatureAlgorithm} found. */
export type SignatureAlgorithm =
  | { readonly ok: true; readonly keyType: 'rsa' | 'ec' | 'ed25519'; readonly scheme: SignatureScheme }
  | { readonly ok: false; readonly refusal: AlgorithmRefusal; readonly message: string }

const RSA_HASHES = new Map<string, HashName>([
  [OID.sha256WithRsaEncryption, 'sha256'],
  [OID.sha384WithRsaEncryption, 'sha384'],
  [OID.sha512WithRsaEncryption, 'sha512'],
])

const ECDSA_HASHES = new Map<string, HashName>([
  [OID.ecdsaWithSha256, 'sha256'],
  [OID.ecdsaWithSha384, 'sha384'],
  [OID.ecdsaWithSha512, 'sha512'],
])

const DIGESTS = new Map<string, { readonly name: HashName; readonly bytes: number }>([
  [OID.sha256, { name: 'sha256', bytes: 32 }],
  [OID.sha384, { name: 'sha384', bytes: 48 }],
  [OID.sha512, { name: 'sha512', bytes: 64 }],
])

/** MD2, MD4, MD5 and SHA-1 with RSA, SHA-1 with DSA and ECDSA, and the OIW spelling of SHA-1 with RSA. */
const WEAK = new Set([
  '1.2.840.113549.1.1.2',
  '1.2.840.113549.1.1.3',
  '1.2.840.113549.1.1.4',
  OID.sha1WithRsaEncryption,
  '1.2.840.10040.4.3',
  '1.2.840.10045.4.1',
  '1.3.14.3.2.29',
])

/** Reads which signature an AlgorithmIdentifier names, and refuses all but the strong ones. */
export function readSignatureAlgorithm(algorithm: AlgorithmIdentifier): SignatureAlgorithm {
  const { oid, parametersDer } = algorithm
  const rsaHash = RSA_HASHES.get(oid)
  if (rsaHash !== undefined) {
    // RFC 4055 section 5: the parameters MUST be NULL, and implementations MUST accept them when absent too.
    if (parametersDer !== undefined && !isNull(parametersDer))
      return malformed('RSA parameters are neither NULL nor absent')
    return { ok: true, keyType: 'rsa', scheme: { kind: 'rsa-pkcs1', hash: rsaHash } }
  }
  const ecdsaHash = ECDSA_HASHES.get(oid)
  if (ecdsaHash !== undefined) {
    // RFC 5758 section 3.2: the parameters MUST be absent.
    if (parametersDer !== undefined) return malformed('ECDSA parameters are present')
    return { ok: true, keyType: 'ec', scheme: { kind: 'ecdsa', hash: ecdsaHash } }
  }
  if (oid === OID.ed25519) {
    // RFC 8410 section 3: likewise.
    if (parametersDer !== undefined) return malformed('Ed25519 parameters are present')
    return { ok: true, keyType: 'ed25519', scheme: { kind: 'ed25519' } }
  }
  if (oid === OID.rsassaPss) return readPssParameters(parametersDer)
  if (WEAK.has(oid))
    return { ok: false, refusal: 'weak', message: `signature algorithm ${oid} uses a broken hash` }
  return { ok: false, refusal: 'unsupported', message: `signature algorithm ${oid} is not supported` }
}

function malformed(message: string): SignatureAlgorithm {
  return { ok: false, refusal: 'malformed', message }
}

function isNull(der: Uint8Array): boolean {
  return der.length === 2 && der[0] === TAG.null && der[1] === 0
}

/**
 * RSASSA-PSS as the CA/Browser Forum and BoringSSL have it: the hash named, MGF1 with the same hash, a salt as long as
 * the hash, trailer 1. The defaults of RFC 4055 section 3.1 are SHA-1, so nothing may be left out but the trailer.
 */
function readPssParameters(parametersDer: Uint8Array | undefined): SignatureAlgorithm {
  if (parametersDer === undefined) return malformed('RSASSA-PSS without parameters')
  try {
    const reader = enterDer(parametersDer, TAG.sequence)
    const hashReader = reader.enterOptional(contextConstructed(0))
    if (hashReader === undefined) return { ok: false, refusal: 'weak', message: 'RSASSA-PSS with SHA-1' }
    const digestOid = readDigest(hashReader.readAny())
    hashReader.end()
    const mgfReader = reader.enterOptional(contextConstructed(1))
    if (mgfReader === undefined)
      return { ok: false, refusal: 'weak', message: 'RSASSA-PSS with MGF1 over SHA-1' }
    const mgf = parseAlgorithmIdentifier(mgfReader.readAny())
    mgfReader.end()
    const saltReader = reader.enterOptional(contextConstructed(2))
    const saltBytes = saltReader === undefined ? 20 : decodeSmallInteger(saltReader.read(TAG.integer))
    saltReader?.end()
    const trailerReader = reader.enterOptional(contextConstructed(3))
    const trailer = trailerReader === undefined ? 1 : decodeSmallInteger(trailerReader.read(TAG.integer))
    trailerReader?.end()
    reader.end()

    if (mgf.oid !== OID.mgf1 || mgf.parametersDer === undefined)
      return malformed('a mask function other than MGF1')
    const mgfDigestOid = readDigest(single(mgf.parametersDer))
    if (digestOid === OID.sha1 || mgfDigestOid === OID.sha1) {
      return { ok: false, refusal: 'weak', message: 'RSASSA-PSS with SHA-1' }
    }
    const digest = DIGESTS.get(digestOid)
    if (digest === undefined) {
      return {
        ok: false,
        refusal: 'unsupported',
        message: `RSASSA-PSS with hash ${digestOid} is not supported`,
      }
    }
    if (mgfDigestOid !== digestOid || saltBytes !== digest.bytes || trailer !== 1) {
      return {
        ok: false,
        refusal: 'unsupported',
        message: 'RSASSA-PSS with mixed hashes, another salt length or trailer',
      }
    }
    return { ok: true, keyType: 'rsa', scheme: { kind: 'rsa-pss', hash: digest.name, saltBytes } }
  } catch (error) {
    if (error instanceof MalformedError) return malformed(`RSASSA-PSS parameters: ${error.message}`)
    throw error
  }
}

function single(der: Uint8Array): DerElement {
  const reader = new DerReader(der)
  const element = reader.readAny()
  reader.end()
  return element
}

// RFC 4055 section 2.1: NULL or absent, both are accepted.
function readDigest(element: DerElement): string {
  const { oid, parametersDer } = parseAlgorithmIdentifier(element)
  if (parametersDer !== undefined) {
    const parameters = single(parametersDer)
    if (parameters.tag !== TAG.null) throw new MalformedError('algorithm.parameters', 'a hash has parameters')
    decodeNull(parameters)
  }
  return oid
}
