import { DerReader, enterDer } from '../asn1/reader.ts'
import { OID } from '../asn1/oids.ts'
import { TAG, contextConstructed } from '../asn1/tags.ts'
import {
  decodeOctetAlignedBitString,
  decodeSmallInteger,
  decodeTime,
  decodeUnsignedBigInt,
} from '../asn1/values.ts'
import { equalBytes } from '../bytes.ts'
import { MalformedError } from '../errors.ts'
import { MAX_CRL_BYTES, MAX_SERIAL_BYTES } from '../limits.ts'
import { parseAlgorithmIdentifier } from './algorithm.ts'
import { decodeAlternativeName, decodeAuthorityKeyIdentifier } from './certificate-extensions.ts'
import { indexCrlEntries, noCrlEntries } from './crl-entries.ts'
import { decodeDistributionPoints, decodeIssuingDistributionPoint } from './distribution-point.ts'
import { parseExtensions } from './extensions.ts'
import { parseName } from './name.ts'
import { checkChainKey } from './public-key.ts'
import { verifyCertificateSignature } from './signature-scheme.ts'
import type { Certificate, CertificateList, Extension } from './types.ts'

/** A list but for its entries, which are checked by whoever reads them. */
export interface OpenedCrl {
  readonly list: Omit<CertificateList, 'entryCount' | 'entries' | 'find'>
  /** Content of revokedCertificates; `undefined` if the field is left out. */
  readonly revoked: Uint8Array | undefined
}

/**
 * Parses everything of a CRL but its entries, strictly (RFC 5280 section 5.1), in a time that does not depend on how many there are. For lists
 * that are read in slices, once their signature is known to be good.
 *
 * @throws {@link MalformedError} on any deviation.
 */
export function openCrl(der: Uint8Array): OpenedCrl {
  if (der.length > MAX_CRL_BYTES) {
    throw new MalformedError('crl.too_large', `a list of more than ${MAX_CRL_BYTES} octets`)
  }
  const outer = enterDer(der, TAG.sequence)
  const tbsElement = outer.read(TAG.sequence)
  const signatureAlgorithm = parseAlgorithmIdentifier(outer.readAny())
  const signature = decodeOctetAlignedBitString(outer.read(TAG.bitString))
  outer.end()

  const tbs = outer.into(tbsElement)
  const version = readVersion(tbs)
  if (!equalBytes(tbs.read(TAG.sequence).der, signatureAlgorithm.der)) {
    throw new MalformedError('crl.algorithm_mismatch', 'two different signature algorithms are named')
  }
  // An empty issuer is read: it is the name of no CA, so path validation never finds a use for such a list.
  const issuer = parseName(tbs.readAny())
  const thisUpdate = decodeTime(tbs.readAny())
  const hasNextUpdate = tbs.nextTag === TAG.utcTime || tbs.nextTag === TAG.generalizedTime
  const nextUpdate = hasNextUpdate ? decodeTime(tbs.readAny()) : undefined
  const revoked = tbs.readOptional(TAG.sequence)
  const wrapper = tbs.enterOptional(contextConstructed(0))
  tbs.end()

  const extensions = readExtensions(wrapper, version)
  const list = {
    der,
    tbsDer: tbsElement.der,
    version,
    signatureAlgorithm,
    signature,
    issuer,
    thisUpdate,
    nextUpdate,
    extensions,
    ...decodeKnownExtensions(extensions),
  }
  return { list, revoked: revoked?.content }
}

/**
 * Parses a complete or delta CRL strictly, entries included. A list that holds anything critical that we do not enforce must not be used at
 * all (RFC 5280 section 5.2), so it is refused here: unknown critical extensions, and entries of indirect lists.
 *
 * @throws {@link MalformedError} on any deviation.
 */
export function parseCrl(der: Uint8Array): CertificateList {
  const { list, revoked } = openCrl(der)
  const entries = revoked === undefined ? noCrlEntries() : indexCrlEntries(revoked, list.version, list.tbsDer)
  if (entries.hasRemoval && list.baseCrlNumber === undefined) {
    throw new MalformedError(
      'crl.removal_in_complete_list',
      'removeFromCRL stands in a list that is not a delta',
    )
  }
  return {
    ...list,
    entryCount: entries.count,
    entries: () => entries.all(),
    find: (serialNumber) => entries.find(serialNumber),
  }
}

// v1 is written by leaving the field out; v2 is 1 (RFC 5280 section 5.1.2.1).
function readVersion(tbs: DerReader): 1 | 2 {
  const element = tbs.readOptional(TAG.integer)
  if (element === undefined) return 1
  if (decodeSmallInteger(element) !== 1)
    throw new MalformedError('crl.version', 'the version is neither 1 nor 2')
  return 2
}

function readExtensions(wrapper: DerReader | undefined, version: 1 | 2): Map<string, Extension> {
  if (wrapper === undefined) return new Map()
  if (version === 1) throw new MalformedError('crl.extensions_version', 'extensions need version 2')
  const extensions = parseExtensions(wrapper.enter(TAG.sequence))
  wrapper.end()
  return extensions
}

/** What RFC 5280 section 5.2 says of each extension that we know. */
const CRITICALITY = new Map<string, 'never' | 'always' | 'either'>([
  [OID.authorityKeyIdentifier, 'never'],
  [OID.issuerAltName, 'either'],
  [OID.crlNumber, 'never'],
  [OID.deltaCrlIndicator, 'always'],
  // MUST be critical, but one that is not says the same, and ignoring it would widen the list.
  [OID.issuingDistributionPoint, 'either'],
  [OID.freshestCrl, 'never'],
])

function decodeKnownExtensions(extensions: ReadonlyMap<string, Extension>) {
  for (const { oid, critical } of extensions.values()) {
    const rule = CRITICALITY.get(oid)
    if (rule === undefined && critical) {
      throw new MalformedError('crl.critical_extension', `critical extension ${oid} is not understood`)
    }
    if ((rule === 'never' && critical) || (rule === 'always' && !critical)) {
      throw new MalformedError(
        'crl.criticality',
        `extension ${oid} must ${critical ? 'not ' : ''}be critical`,
      )
    }
  }
  const decode = <T>(oid: string, decoder: (value: Uint8Array) => T): T | undefined => {
    const extension = extensions.get(oid)
    return extension && decoder(extension.value)
  }
  decode(OID.issuerAltName, decodeAlternativeName)
  const crlNumber = decode(OID.crlNumber, decodeCrlNumber)
  const baseCrlNumber = decode(OID.deltaCrlIndicator, decodeCrlNumber)
  if (baseCrlNumber !== undefined && crlNumber === undefined) {
    throw new MalformedError('crl.number_missing', 'a delta list without a CRL number')
  }
  return {
    crlNumber,
    baseCrlNumber,
    authorityKeyIdentifier: decode(OID.authorityKeyIdentifier, decodeAuthorityKeyIdentifier),
    issuingDistributionPoint: decode(OID.issuingDistributionPoint, decodeIssuingDistributionPoint),
    freshestCrl: decode(OID.freshestCrl, decodeDistributionPoints),
  }
}

// RFC 5280 section 5.2.3: 0..MAX, at most 20 octets.
function decodeCrlNumber(value: Uint8Array): bigint {
  const reader = new DerReader(value)
  const number = decodeUnsignedBigInt(reader.read(TAG.integer), MAX_SERIAL_BYTES)
  reader.end()
  return number
}

/**
 * True if the key in `issuer` signed the list. Whether that certificate may sign lists, and whether it is the right one, is
 * for path validation to say.
 */
export async function verifyCrlSignature(crl: OpenedCrl['list'], issuer: Certificate): Promise<boolean> {
  try {
    const key = checkChainKey(issuer.publicKey)
    return await verifyCertificateSignature(key, crl.signatureAlgorithm, crl.tbsDer, crl.signature)
  } catch (error) {
    if (error instanceof MalformedError) return false
    throw error
  }
}
