import type { CrlEntry } from '../x509/types.ts'
import type { AuthenticList } from './authenticate-list.ts'

/** The newest state that the lists of one authority add up to: a complete list and the deltas that were applied to it. */
export interface ListChain {
  readonly newest: AuthenticList
  /** The latest `nextUpdate` in it: a list stays good until its own, whatever deltas were applied since. */
  readonly nextUpdate: Date
  /** What the state says of a certificate: its entry if it is revoked. */
  find(serialNumber: Uint8Array): CrlEntry | undefined
}

/**
 * Joins authentic lists of one authority (RFC 5280 section 5.2.4). The complete list with the highest number counts, and every delta that takes up where the
 * state stands; lists with lower numbers are never gone back to. A delta that begins after a gap cannot be applied, and neither can one without a complete
 * list; they prove no innocence, but what they revoke is revoked.
 *
 * @returns `undefined` if there is no complete list
 */
export function joinLists(lists: readonly AuthenticList[]): ListChain | undefined {
  const sorted = [...lists].sort(byNumber)
  const base = sorted.findLast(({ list }) => list.baseCrlNumber === undefined)
  if (!base) return undefined
  const chain = [base]
  const beyond: AuthenticList[] = []
  for (const next of sorted) {
    const { crlNumber } = chain.at(-1)!
    // Of two lists with one number, which no honest authority makes, each counts against a certificate.
    if (next.crlNumber < base.crlNumber || next === base) continue
    if (next.crlNumber > crlNumber && next.list.baseCrlNumber! <= crlNumber) chain.push(next)
    else beyond.push(next)
  }
  const newest = chain.at(-1)!
  const unapplied = beyond.filter(({ crlNumber }) => crlNumber >= newest.crlNumber)
  return {
    newest,
    nextUpdate: new Date(Math.max(...chain.map(({ nextUpdate }) => nextUpdate.getTime()))),
    find: (serialNumber) => findInChain(chain, serialNumber) ?? findRevoked(unapplied, serialNumber),
  }
}

/** An entry that revokes the certificate in any of the lists. */
export function findRevoked(lists: readonly AuthenticList[], serialNumber: Uint8Array): CrlEntry | undefined {
  return lists
    .map(({ list }) => list.find(serialNumber))
    .find((entry) => entry !== undefined && entry.reason !== 'removeFromCRL')
}

/** Later lists add entries. They lift a hold, and nothing else (section 5.3.1). */
function findInChain(chain: readonly AuthenticList[], serialNumber: Uint8Array): CrlEntry | undefined {
  let standing: CrlEntry | undefined
  for (const { list } of chain) {
    const entry = list.find(serialNumber)
    if (!entry || (standing && standing.reason !== 'certificateHold')) continue
    standing = entry.reason === 'removeFromCRL' ? undefined : entry
  }
  return standing
}

/** By number; a complete list before a delta of the same number, which has nothing to add to it. */
function byNumber(a: AuthenticList, b: AuthenticList): number {
  if (a.crlNumber !== b.crlNumber) return a.crlNumber < b.crlNumber ? -1 : 1
  return a.list.thisUpdate.getTime() - b.list.thisUpdate.getTime()
}
