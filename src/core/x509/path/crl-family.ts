import { OID } from '../../asn1/oids.ts'
import { formatHex } from '../../bytes.ts'
import type { Certificate, CertificateList } from '../types.ts'

/** What the lists of one key and one scope say about a certificate. `silent`: nothing in force speaks about it. */
export type FamilyVerdict = 'revoked' | 'good' | 'silent'

/** Lists of one scope replace each other: the issuing distribution point has to be the same, octet by octet. */
export function scopeKey(crl: CertificateList): string {
  const idp = crl.extensions.get(OID.issuingDistributionPoint)
  return idp === undefined ? '' : formatHex(idp.value)
}

/**
 * Judges a certificate by authentic lists of one key and one scope. The newest complete list in force decides, together with
 * the newest delta that builds on it (RFC 5280 section 5.2.4). A revocation in anything newer counts too, even in a list that
 * ran out or in a delta whose base is missing: such a list proves no innocence, but it does prove guilt.
 */
export function judgeFamily(
  certificate: Certificate,
  lists: readonly CertificateList[],
  at: Date,
): FamilyVerdict {
  const begun = lists.filter((crl) => crl.thisUpdate <= at).sort(newestFirst)
  const complete = begun.filter((crl) => crl.baseCrlNumber === undefined)
  const deltas = begun.filter((crl) => crl.baseCrlNumber !== undefined)
  const base = complete.find((crl) => isInForce(crl, at))
  if (base === undefined) return begun.some((crl) => revokes(crl, certificate)) ? 'revoked' : 'silent'

  const newerDeltas = deltas.filter((delta) => newestFirst(delta, base) < 0)
  const delta = newerDeltas.find((candidate) => isInForce(candidate, at) && buildsOn(candidate, base))
  const latestDeltas = newerDeltas.filter((other) => delta === undefined || newestFirst(other, delta) <= 0)
  if (latestDeltas.some((other) => revokes(other, certificate))) return 'revoked'

  const latestComplete = complete.filter((other) => newestFirst(other, base) <= 0)
  const revoking = latestComplete.filter((other) => revokes(other, certificate))
  const lifted = delta !== undefined && liftsHold(delta, base, certificate)
  return revoking.every((other) => other === base && lifted) ? 'good' : 'revoked'
}

/** By number, which rises strictly (section 5.2.3); by date where there is none. */
function newestFirst(a: CertificateList, b: CertificateList): number {
  if (a.crlNumber !== undefined && b.crlNumber !== undefined && a.crlNumber !== b.crlNumber) {
    return a.crlNumber > b.crlNumber ? -1 : 1
  }
  return b.thisUpdate.getTime() - a.thisUpdate.getTime()
}

/** Sections 5.1.2.5 and 5.2.3: a list that proves innocence must say until when it is good, and which of the lists it is. */
export function isInForce(crl: CertificateList, at: Date): boolean {
  if (crl.nextUpdate === undefined || crl.crlNumber === undefined) return false
  const second = Math.floor(at.getTime() / 1000) * 1000
  return crl.thisUpdate.getTime() <= second && second <= crl.nextUpdate.getTime()
}

/** Section 5.2.4 (c) and (d). */
function buildsOn(delta: CertificateList, base: CertificateList): boolean {
  return delta.baseCrlNumber! <= base.crlNumber! && base.crlNumber! < delta.crlNumber!
}

function revokes(crl: CertificateList, certificate: Certificate): boolean {
  const entry = crl.find(certificate.serialNumber)
  return entry !== undefined && entry.reason !== 'removeFromCRL'
}

/** Only a hold can be lifted; nothing else is undone by an entry in a delta (section 5.3.1). */
function liftsHold(delta: CertificateList, base: CertificateList, { serialNumber }: Certificate): boolean {
  return (
    delta.find(serialNumber)?.reason === 'removeFromCRL' &&
    base.find(serialNumber)?.reason === 'certificateHold'
  )
}
