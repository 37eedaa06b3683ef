import { type KeyObject, sign } from 'node:crypto'
import { OID } from '../../src/core/asn1/oids.ts'
import { TAG, contextConstructed, contextPrimitive } from '../../src/core/asn1/tags.ts'
import {
  encodeBitString,
  encodeElement,
  encodeInteger,
  encodeOid,
  encodeSequence,
  encodeTime,
  encodeTrue,
} from '../../src/core/asn1/writer.ts'
import { encodeCrlEntry } from '../../src/core/revocation/encode-crl.ts'
import type { CrlReason } from '../../src/core/x509/types.ts'
import {
  type TestExtension,
  encodeCommonName,
  encodeExtension,
  keyIdentifier,
} from './encode-test-certificate.ts'

/** Everything that a test may want to get wrong in a list signed by an Ed25519 key. */
export interface TestCrlOptions {
  readonly issuer: string
  readonly signer: KeyObject
  readonly thisUpdate: Date
  readonly nextUpdate: Date | undefined
  readonly crlNumber: number | undefined
  /** Makes it a delta. */
  readonly baseCrlNumber?: number
  readonly revoked?: readonly { readonly serialNumber: Uint8Array; readonly reason: CrlReason }[]
  readonly extensions?: readonly TestExtension[]
}

/** Encodes and signs a list exactly as asked. Every entry is of an hour before the list. */
export function encodeTestCrl(options: TestCrlOptions): Uint8Array {
  const { signer, thisUpdate, nextUpdate, crlNumber, baseCrlNumber, revoked = [] } = options
  const algorithm = encodeSequence(encodeOid(OID.ed25519))
  const extensions: TestExtension[] = [
    {
      oid: OID.authorityKeyIdentifier,
      value: encodeSequence(encodeElement(contextPrimitive(0), keyIdentifier(signer))),
    },
    ...(crlNumber === undefined ? [] : [{ oid: OID.crlNumber, value: encodeInteger(crlNumber) }]),
    ...(baseCrlNumber === undefined
      ? []
      : [{ oid: OID.deltaCrlIndicator, critical: true, value: encodeInteger(baseCrlNumber) }]),
    ...(options.extensions ?? []),
  ]
  const revokedAt = new Date(thisUpdate.getTime() - 60 * 60 * 1000)
  const entries = revoked.map((entry) => encodeCrlEntry({ ...entry, revokedAt, invalidityDate: undefined }))
  const tbs = encodeSequence(
    encodeInteger(1),
    algorithm,
    encodeCommonName(options.issuer),
    encodeTime(thisUpdate),
    ...(nextUpdate ? [encodeTime(nextUpdate)] : []),
    ...(entries.length > 0 ? [encodeSequence(...entries)] : []),
    encodeElement(contextConstructed(0), encodeSequence(...extensions.map(encodeExtension))),
  )
  return encodeElement(TAG.sequence, tbs, algorithm, encodeBitString(sign(null, tbs, signer)))
}

/** A critical issuing distribution point (RFC 5280 section 5.2.5) with onlyContainsUserCerts. */
export const USER_CERTIFICATES_ONLY: TestExtension = {
  oid: OID.issuingDistributionPoint,
  critical: true,
  value: encodeSequence(encodeElement(contextPrimitive(1), encodeTrue().subarray(2))),
}
