import { type DerElement, type DerReader, enterDer } from '../asn1/reader.ts'
import { TAG, contextConstructed, contextPrimitive } from '../asn1/tags.ts'
import { decodeBoolean } from '../asn1/values.ts'
import { MalformedError } from '../errors.ts'
import { MAX_GENERAL_NAMES } from '../limits.ts'
import { decodeGeneralNames } from './general-name.ts'
import { decodeNamedBits } from './named-bits.ts'
import { parseRelativeName } from './name.ts'
import type {
  DistributionPoint,
  DistributionPointName,
  IssuingDistributionPoint,
  ReasonFlag,
} from './types.ts'

/** Bit 0 is `unused`: RFC 5280 section 4.2.1.13. */
export const REASON_FLAGS: readonly (ReasonFlag | undefined)[] = [
  undefined,
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'aACompromise',
]

/** Decodes CRLDistributionPoints or FreshestCRL (RFC 5280 sections 4.2.1.13, 4.2.1.15). */
export function decodeDistributionPoints(value: Uint8Array): DistributionPoint[] {
  const reader = enterDer(value, TAG.sequence)
  const points: DistributionPoint[] = []
  do {
    if (points.length === MAX_GENERAL_NAMES) {
      throw new MalformedError('distribution_point.too_many', 'too many distribution points')
    }
    points.push(decodeDistributionPoint(reader.enter(TAG.sequence)))
  } while (!reader.done)
  return points
}

function decodeDistributionPoint(reader: DerReader): DistributionPoint {
  const name = decodeOptionalName(reader)
  const reasons = decodeReasons(reader.readOptional(contextPrimitive(1)))
  const issuer = reader.readOptional(contextConstructed(2))
  reader.end()
  const crlIssuer = issuer && decodeGeneralNames(issuer.content)
  // RFC 5280: a point must not consist of reasons alone.
  if (name === undefined && crlIssuer === undefined) {
    throw new MalformedError(
      'distribution_point.empty',
      'a distribution point has neither name nor CRL issuer',
    )
  }
  return { name, reasons, crlIssuer }
}

// DistributionPointName is a CHOICE, so its [0] is explicit (X.680 section 31.2.7).
function decodeOptionalName(reader: DerReader): DistributionPointName | undefined {
  const outer = reader.enterOptional(contextConstructed(0))
  if (outer === undefined) return undefined
  const choice = outer.readAny()
  outer.end()
  if (choice.tag === contextConstructed(0)) return { type: 'full', names: decodeGeneralNames(choice.content) }
  if (choice.tag === contextConstructed(1)) {
    parseRelativeName(choice.content)
    return { type: 'relative', rdnDer: choice.content }
  }
  throw new MalformedError('distribution_point.name', 'a distribution point name is of no known kind')
}

function decodeReasons(element: DerElement | undefined): ReadonlySet<ReasonFlag> | undefined {
  return element && new Set(decodeNamedBits(element, REASON_FLAGS, 'distribution_point.reasons'))
}

/** Decodes the issuing distribution point of a CRL (RFC 5280 section 5.2.5). */
export function decodeIssuingDistributionPoint(value: Uint8Array): IssuingDistributionPoint {
  const reader = enterDer(value, TAG.sequence)
  if (reader.done)
    throw new MalformedError('issuing_distribution_point.empty', 'it must not be an empty SEQUENCE')
  const name = decodeOptionalName(reader)
  const onlyContainsUserCerts = decodeFlag(reader, 1)
  const onlyContainsCaCerts = decodeFlag(reader, 2)
  const onlySomeReasons = decodeReasons(reader.readOptional(contextPrimitive(3)))
  const indirectCrl = decodeFlag(reader, 4)
  const onlyContainsAttributeCerts = decodeFlag(reader, 5)
  reader.end()
  if (Number(onlyContainsUserCerts) + Number(onlyContainsCaCerts) + Number(onlyContainsAttributeCerts) > 1) {
    throw new MalformedError(
      'issuing_distribution_point.scope',
      'the list is limited to two kinds of certificates at once',
    )
  }
  return {
    name,
    onlyContainsUserCerts,
    onlyContainsCaCerts,
    onlySomeReasons,
    indirectCrl,
    onlyContainsAttributeCerts,
  }
}

// BOOLEAN DEFAULT FALSE: DER does not write the default (X.690 section 11.5).
function decodeFlag(reader: DerReader, number: number): boolean {
  const element = reader.readOptional(contextPrimitive(number))
  if (element === undefined) return false
  if (!decodeBoolean(element))
    throw new MalformedError('der.default_encoded', 'a FALSE is written where it is the default')
  return true
}
