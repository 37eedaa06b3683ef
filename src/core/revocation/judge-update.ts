import { equalBytes } from '../bytes.ts'
import { MalformedError } from '../errors.ts'
import { type OpenedCrl, verifyCrlSignature } from '../x509/crl.ts'
import { sameName } from '../x509/name.ts'
import { matchKeyIdentifier } from '../x509/path/key-identifier.ts'
import type { Certificate } from '../x509/types.ts'
import { explainFuture, isFromTheFuture } from './list-condition.ts'
import { type UpdateRefusal, refuseUpdate } from './update-refusal.ts'

/** A list that says which it is and until when it is good, but for its entries. */
export type NumberedList = OpenedCrl['list'] & { readonly crlNumber: bigint; readonly nextUpdate: Date }

/**
 * RFC 5280 sections 5.1.2.5 and 5.2.3: every list of our authorities has a number and an end.
 *
 * @throws MalformedError `crl.number_missing`, `crl.next_update_missing`, `crl.times`, `crl.base_not_lower`.
 */
export function requireNumbered(list: OpenedCrl['list']): NumberedList {
  const { crlNumber, baseCrlNumber, thisUpdate, nextUpdate } = list
  if (crlNumber === undefined) throw new MalformedError('crl.number_missing', 'the list has no number')
  if (nextUpdate === undefined) {
    throw new MalformedError('crl.next_update_missing', 'the list does not say until when it is good')
  }
  if (nextUpdate <= thisUpdate) throw new MalformedError('crl.times', 'the list ends before it begins')
  if (baseCrlNumber !== undefined && baseCrlNumber >= crlNumber) {
    throw new MalformedError('crl.base_not_lower', 'the delta builds on a list that is not before it')
  }
  return { ...list, crlNumber, nextUpdate }
}

/** Refuses what this authority did not sign, and what does not speak about all of its certificates. */
export async function refuseStranger(
  { list }: OpenedCrl,
  issuer: Certificate,
): Promise<UpdateRefusal | undefined> {
  if (!sameName(list.issuer, issuer.subject) || matchKeyIdentifier(list.authorityKeyIdentifier, issuer) < 0) {
    return refuseUpdate('CRL_ISSUER_WRONG', 'the list is that of another issuer or another key')
  }
  if (issuer.keyUsage?.has('cRLSign') !== true) {
    return refuseUpdate('CRL_ISSUER_WRONG', 'the authority is not certified to sign lists')
  }
  if (!(await verifyCrlSignature(list, issuer))) {
    return refuseUpdate('CRL_SIGNATURE_INVALID', "the list is not signed by the authority's key")
  }
  return list.issuingDistributionPoint === undefined
    ? undefined
    : refuseUpdate('CRL_SCOPE_WRONG', 'the list speaks for a part of the certificates only')
}

/** Complete lists follow each other by number. One of the number that deltas led to says the same in one piece. */
export function refuseCompleteOrder(
  list: NumberedList,
  state: { readonly crlNumber: bigint } | undefined,
  complete: Pick<NumberedList, 'crlNumber' | 'signature'> | undefined,
): UpdateRefusal | undefined {
  const { crlNumber } = list
  if (list.baseCrlNumber !== undefined) {
    return refuseUpdate('CRL_KIND_WRONG', 'a delta came where a complete list was due')
  }
  if (crlNumber === complete?.crlNumber) {
    return equalBytes(list.signature, complete.signature)
      ? refuseUpdate('CRL_DUPLICATE', `list ${crlNumber} was taken before`)
      : refuseUpdate('CRL_FORKED', `another list ${crlNumber} was taken before`)
  }
  return state !== undefined && crlNumber < state.crlNumber
    ? refuseUpdate('CRL_ROLLBACK', `list ${crlNumber} came after list ${state.crlNumber}`)
    : undefined
}

/**
 * A delta has to build on what it was to follow. That may lie before what is here (RFC 5280 section 5.2.4 (c) and (d)): the delta then says
 * once more what is known, and must lead at least as far.
 */
export function refuseDeltaOrder(
  { crlNumber, baseCrlNumber }: NumberedList,
  current: bigint,
  expectedBase: bigint,
): UpdateRefusal | undefined {
  if (baseCrlNumber === undefined) {
    return refuseUpdate('CRL_KIND_WRONG', 'a complete list came where a delta was due')
  }
  if (crlNumber < current)
    return refuseUpdate('CRL_ROLLBACK', `delta ${crlNumber} came after list ${current}`)
  if (baseCrlNumber > expectedBase || baseCrlNumber > current) {
    return refuseUpdate('CRL_GAP', `a delta from ${baseCrlNumber} on came after list ${expectedBase}`)
  }
  if (baseCrlNumber === expectedBase) return undefined
  return crlNumber === current
    ? refuseUpdate('CRL_DUPLICATE', `delta ${crlNumber} was taken before`)
    : refuseUpdate('CRL_BASE_WRONG', `a delta from ${baseCrlNumber} on came after list ${expectedBase}`)
}

/** The first list has nothing before it to be held against: it must be in force. */
export function refuseTimes({ thisUpdate, nextUpdate }: NumberedList, at: Date): UpdateRefusal | undefined {
  if (nextUpdate < at) {
    return refuseUpdate('CRL_EXPIRED', `the list was good until ${nextUpdate.toISOString()}`)
  }
  return isFromTheFuture(thisUpdate, at)
    ? refuseUpdate('CRL_FROM_THE_FUTURE', explainFuture(thisUpdate, at))
    : undefined
}
