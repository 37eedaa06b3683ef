import { OID } from '../../../src/core/asn1/oids.ts'
import { TAG, contextConstructed } from '../../../src/core/asn1/tags.ts'
import {
  encodeBitString,
  encodeElement,
  encodeInteger,
  encodeSequence,
  encodeTime,
} from '../../../src/core/asn1/writer.ts'
import { parseCrl } from '../../../src/core/x509/crl.ts'
import type { CertificateList, CrlReason } from '../../../src/core/x509/types.ts'
import type { TestEntity } from './certificates.ts'
import {
  type TestExtension,
  type TestIssuingPoint,
  encodeExtension,
  extension,
  issuingDistributionPoint,
} from './extensions.ts'
import { type TestHash, type TestKey, signWith, signatureAlgorithm } from './keys.ts'
import { encodeName } from './names.ts'

/** One revoked certificate. */
export interface TestCrlEntry {
  readonly serial: number
  readonly reason?: CrlReason
  readonly date?: Date
}

/** What a test wants to be different from an empty, current, complete list with number 1. */
export interface CrlOptions {
  readonly revoked?: readonly (TestEntity | TestCrlEntry)[]
  /** `null` leaves the number out. */
  readonly number?: number | null
  /** Makes it a delta list. */
  readonly base?: number
  readonly thisUpdate?: Date
  /** `null` leaves it out. */
  readonly nextUpdate?: Date | null
  readonly issuingPoint?: TestIssuingPoint
  readonly version?: 1 | 2
  readonly hash?: TestHash
  /** Issuer name, where it is not that of the signer. */
  readonly issuer?: string
  readonly signingKey?: TestKey
  readonly extensions?: readonly TestExtension[]
}

/** Makes a list, signed by `signer`. */
export function makeCrl(signer: TestEntity, options: CrlOptions = {}): CertificateList {
  const { revoked = [], number = 1, nextUpdate, version = 2, hash = 'sha256' } = options
  const key = options.signingKey ?? signer.key
  const algorithm = signatureAlgorithm(key, hash)
  const extensions = version === 1 ? [] : crlExtensions(options, number)
  const tbs = encodeSequence(
    ...(version === 2 ? [encodeInteger(1)] : []),
    algorithm,
    encodeName(options.issuer ?? signer.name),
    encodeTime(options.thisUpdate ?? new Date('2026-02-28T00:00:00Z')),
    ...(nextUpdate === null ? [] : [encodeTime(nextUpdate ?? new Date('2026-03-07T00:00:00Z'))]),
    ...(revoked.length === 0 ? [] : [encodeSequence(...revoked.map(encodeEntry))]),
    ...(extensions.length === 0
      ? []
      : [encodeElement(contextConstructed(0), encodeSequence(...extensions.map(encodeExtension)))]),
  )
  return parseCrl(encodeSequence(tbs, algorithm, encodeBitString(signWith(key, hash, tbs))))
}

function crlExtensions(options: CrlOptions, number: number | null): readonly TestExtension[] {
  const { base, issuingPoint, extensions = [] } = options
  return [
    ...(number === null ? [] : [extension(OID.crlNumber, encodeInteger(number))]),
    ...(base === undefined ? [] : [extension(OID.deltaCrlIndicator, encodeInteger(base), true)]),
    ...(issuingPoint === undefined ? [] : [issuingDistributionPoint(issuingPoint)]),
    ...extensions,
  ]
}

const REASON_CODES: Readonly<Record<CrlReason, number>> = {
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

function encodeEntry(entry: TestEntity | TestCrlEntry): Uint8Array {
  const { reason, date } = 'certificate' in entry ? {} : entry
  const code =
    reason === undefined
      ? []
      : [
          encodeSequence(
            encodeExtension(
              extension(OID.reasonCode, encodeElement(TAG.enumerated, Uint8Array.of(REASON_CODES[reason]))),
            ),
          ),
        ]
  return encodeSequence(
    encodeInteger(entry.serial),
    encodeTime(date ?? new Date('2026-02-01T00:00:00Z')),
    ...code,
  )
}
