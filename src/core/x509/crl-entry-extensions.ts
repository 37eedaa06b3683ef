import { DerReader } from '../asn1/reader.ts'
import { OID } from '../asn1/oids.ts'
import { TAG } from '../asn1/tags.ts'
import { decodeSmallInteger, decodeTime } from '../asn1/values.ts'
import { MalformedError } from '../errors.ts'
import { parseExtensions } from './extensions.ts'
import type { CrlEntry, CrlReason } from './types.ts'

/** What the extensions of an entry say. */
export type EntryExtensions = Pick<CrlEntry, 'reason' | 'invalidityDate'>

/** CRLReason by number (RFC 5280 section 5.3.1). 7 is not used. */
const REASONS: readonly (CrlReason | undefined)[] = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
]

/** Decodes the content of crlEntryExtensions. Entries of indirect lists and unknown critical extensions are refused. */
export function decodeEntryExtensions(content: Uint8Array): EntryExtensions {
  const extensions = parseExtensions(new DerReader(content))
  for (const { oid, critical } of extensions.values()) {
    if (oid === OID.certificateIssuer) {
      throw new MalformedError('crl.indirect', 'entries of indirect lists are not supported')
    }
    if (critical && oid !== OID.reasonCode && oid !== OID.invalidityDate) {
      throw new MalformedError('crl.critical_extension', `critical entry extension ${oid} is not understood`)
    }
  }
  const reason = extensions.get(OID.reasonCode)
  const invalidityDate = extensions.get(OID.invalidityDate)
  return {
    reason: reason && decodeReason(reason.value),
    invalidityDate: invalidityDate && decodeInvalidityDate(invalidityDate.value),
  }
}

function decodeReason(value: Uint8Array): CrlReason {
  const reader = new DerReader(value)
  const number = decodeSmallInteger(reader.read(TAG.enumerated))
  reader.end()
  const reason = REASONS[number]
  if (reason === undefined) throw new MalformedError('crl.reason', 'a reason code without a meaning')
  return reason
}

// GeneralizedTime always (RFC 5280 section 5.3.2).
function decodeInvalidityDate(value: Uint8Array): Date {
  const reader = new DerReader(value)
  const date = decodeTime(reader.read(TAG.generalizedTime))
  reader.end()
  return date
}
