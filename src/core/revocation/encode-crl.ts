import { OID } from '../asn1/oids.ts'
import { TAG } from '../asn1/tags.ts'
import {
  encodeElement,
  encodeGeneralizedTime,
  encodeHeader,
  encodeInteger,
  encodeOid,
  encodeOctetString,
  encodeSequence,
  encodeTime,
  encodeUnsigned,
} from '../asn1/writer.ts'
import { concatBytes } from '../bytes.ts'
import { DomainError } from '../errors.ts'
import {
  encodeAuthorityKeyIdentifier,
  encodeExtension,
  encodeExtensions,
  encodeFreshestCrl,
  encodeIssuingDistributionPoint,
} from '../issuance/encode-extension.ts'
import { type SigningAlgorithm, encodeSigningAlgorithm } from '../issuance/signing-algorithm.ts'
import type { CrlReason } from '../x509/types.ts'

/** One revoked certificate. */
export interface CrlEntryInput {
  /** Content octets of the serial number's INTEGER. */
  readonly serialNumber: Uint8Array
  readonly revokedAt: Date
  readonly reason: CrlReason
  readonly invalidityDate: Date | undefined
}

/** Everything of a CRL but its signature. */
export interface TbsCertListInput {
  /** Subject of the issuer's certificate, as encoded there. */
  readonly issuerNameDer: Uint8Array
  readonly algorithm: SigningAlgorithm
  readonly thisUpdate: Date
  /** Verifiers refuse the list after this instant. */
  readonly nextUpdate: Date
  /** Rises strictly with every list of this issuer. Lists of one number have one `thisUpdate`, deltas included. */
  readonly crlNumber: bigint
  /** Makes it a delta: the entries are what changed since the list of this number, and how the list of `crlNumber` has them. */
  readonly baseCrlNumber?: bigint
  /** Where the newest delta can be fetched; in complete lists only. */
  readonly freshestCrlUrl?: string | undefined
  /** Makes it the list of a part: of the certificates that name one of these as their distribution point. Left out, it speaks of all. */
  readonly distributionPointUrls?: readonly string[]
  /** Subject key identifier of the issuer's certificate. */
  readonly issuerKeyIdentifier: Uint8Array
  /** What {@link encodeCrlEntry} made, in any order; several entries may come joined in one piece. */
  readonly entries: Iterable<Uint8Array>
}

/** Content of a list's INTEGER `version`: v2 is written 1. */
const VERSION_2 = encodeInteger(1)

/** RFC 5280 section 5.2.3: a CRL number has 20 octets at most, the first below 80. */
const CRL_NUMBER_LIMIT = 1n << 159n

/** A list without its entries: what stands before and after them, encoded. */
export interface ListFrame {
  readonly before: Uint8Array
  readonly after: Uint8Array
}

/**
 * Encodes what a TBSCertList has around its entries.
 *
 * @throws {@link DomainError} VALIDITY_OUT_OF_RANGE if `nextUpdate` is not later than `thisUpdate` in whole seconds
 * @see RFC 5280 sections 5.1.2 and 5.2
 */
export function frameTbsCertList(input: Omit<TbsCertListInput, 'entries'>): ListFrame {
  checkTimes(input)
  const before = concatBytes([
    VERSION_2,
    encodeSigningAlgorithm(input.algorithm),
    input.issuerNameDer,
    encodeTime(input.thisUpdate),
    encodeTime(input.nextUpdate),
  ])
  return { before, after: encodeListExtensions(input) }
}

/** Puts entries into their frame. A list without any has no revokedCertificates field, rather than an empty one. */
export function joinTbsCertList({ before, after }: ListFrame, entries: readonly Uint8Array[]): Uint8Array {
  // One pass to count, one to copy: a million entries are never joined twice.
  const length = lengthOf(entries)
  const header = length > 0 ? encodeHeader(TAG.sequence, length) : new Uint8Array(0)
  const total = before.length + header.length + length + after.length
  return concatBytes([encodeHeader(TAG.sequence, total), before, header, ...entries, after])
}

/** Encodes the TBSCertList of a complete or delta list: {@link frameTbsCertList} and {@link joinTbsCertList} in one. */
export function encodeTbsCertList({ entries, ...input }: TbsCertListInput): Uint8Array {
  return joinTbsCertList(frameTbsCertList(input), [...entries])
}

function checkTimes({ thisUpdate, nextUpdate }: Pick<TbsCertListInput, 'thisUpdate' | 'nextUpdate'>): void {
  const seconds = (time: Date) => Math.floor(time.getTime() / 1000)
  if (seconds(nextUpdate) <= seconds(thisUpdate)) {
    throw new DomainError('VALIDITY_OUT_OF_RANGE', 'a CRL must end later than it begins')
  }
}

/**
 * A delta and its base have the same scope, by having no issuing distribution point (RFC 5280 section 5.2.4). So there are no deltas to the list of a part,
 * and it names none.
 */
function encodeListExtensions(input: Omit<TbsCertListInput, 'entries'>): Uint8Array {
  const { crlNumber, baseCrlNumber, freshestCrlUrl, distributionPointUrls } = input
  if (crlNumber < 0n || crlNumber >= CRL_NUMBER_LIMIT) throw new RangeError('CRL number out of range')
  const extensions = [
    encodeAuthorityKeyIdentifier(input.issuerKeyIdentifier),
    encodeExtension(OID.crlNumber, false, encodeInteger(crlNumber)),
  ]
  if (baseCrlNumber !== undefined) {
    // A delta of its own number could be combined with nothing (section 5.2.4 (c) and (d)).
    if (baseCrlNumber < 0n || baseCrlNumber >= crlNumber) throw new RangeError('base CRL number out of range')
    // Critical, lest someone take what changed for all that is revoked.
    extensions.push(encodeExtension(OID.deltaCrlIndicator, true, encodeInteger(baseCrlNumber)))
  }
  if (distributionPointUrls !== undefined) {
    if (distributionPointUrls.length === 0) throw new RangeError('the list of a part without a name')
    if (baseCrlNumber !== undefined || freshestCrlUrl !== undefined)
      throw new RangeError('the list of a part has no deltas')
    extensions.push(encodeIssuingDistributionPoint(distributionPointUrls))
  }
  if (freshestCrlUrl !== undefined) {
    if (baseCrlNumber !== undefined) throw new RangeError('a delta names no fresher list (section 5.2.6)')
    extensions.push(encodeFreshestCrl(freshestCrlUrl))
  }
  return encodeExtensions(0, extensions)
}

function lengthOf(parts: readonly Uint8Array[]): number {
  let length = 0
  for (const part of parts) length += part.length
  return length
}

/** CRLReason numbers of RFC 5280 section 5.3.1. */
export const REASON_CODES: Readonly<Record<CrlReason, number>> = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
}

/** The reasonCode extension of each reason; 0 is left out, as the RFC asks. */
const REASON_EXTENSIONS: ReadonlyMap<CrlReason, Uint8Array> = new Map(
  Object.entries(REASON_CODES)
    .filter(([, code]) => code !== 0)
    .map(([reason, code]) => [
      reason as CrlReason,
      encodeExtension(OID.reasonCode, false, encodeElement(TAG.enumerated, Uint8Array.of(code))),
    ]),
)

/** For entries that give a reason and nothing else, which are nearly all: their whole extensions field. */
const REASON_ONLY: ReadonlyMap<CrlReason, Uint8Array> = new Map(
  [...REASON_EXTENSIONS].map(([reason, extension]) => [reason, encodeSequence(extension)]),
)

const INVALIDITY_DATE = encodeOid(OID.invalidityDate)

/**
 * Encodes one entry of revokedCertificates. Entries depend on nothing but themselves, so a list can keep them encoded and grow by
 * appending.
 */
export function encodeCrlEntry(entry: CrlEntryInput): Uint8Array {
  const serialNumber = encodeUnsigned(entry.serialNumber)
  const revocationDate = encodeTime(entry.revokedAt)
  const extensions = encodeEntryExtensions(entry)
  return extensions
    ? encodeSequence(serialNumber, revocationDate, extensions)
    : encodeSequence(serialNumber, revocationDate)
}

function encodeEntryExtensions({ reason, invalidityDate }: CrlEntryInput): Uint8Array | undefined {
  if (!invalidityDate) return REASON_ONLY.get(reason)
  // Unlike all other times an invalidity date is a GeneralizedTime in every year (RFC 5280 section 5.3.2).
  const date = encodeOctetString(encodeGeneralizedTime(invalidityDate))
  const reasonCode = REASON_EXTENSIONS.get(reason)
  const invalidity = encodeSequence(INVALIDITY_DATE, date)
  return reasonCode ? encodeSequence(reasonCode, invalidity) : encodeSequence(invalidity)
}
