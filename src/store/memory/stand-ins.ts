import type { CrlReason } from '../../core/x509/types.ts'
import { replacesRevocation } from '../revocation.ts'
import type { Relisting } from '../store.ts'
import type { AuthorityState, ListedRevocation, MemoryState } from './state.ts'

/** Lists something that is no certificate, from the next numbers of every issuing authority on, unless it is listed as gravely and for as long. */
export function listStandIn(
  state: MemoryState,
  serialNumber: string,
  entry: { readonly reason: CrlReason; readonly at: Date; readonly notAfter: Date },
  dryRun = false,
): Relisting {
  return relist(state, serialNumber, dryRun, ({ nextCrlNumber }, present) => {
    const isDue =
      present === undefined ||
      present.notAfter < entry.notAfter ||
      replacesRevocation({ reason: present.revocation.reason, byLock: false }, entry.reason)
    if (!isDue) return present
    const notAfter = present && present.notAfter > entry.notAfter ? present.notAfter : entry.notAfter
    return {
      serialNumber,
      notAfter,
      revocation: {
        revokedAt: present?.revocation.revokedAt ?? entry.at,
        reason: entry.reason,
        invalidityDate: undefined,
        crlNumber: nextCrlNumber,
      },
    }
  })
}

/** Takes what is on hold out of the lists from the next numbers on. */
export function liftStandIn(state: MemoryState, serialNumber: string): Relisting {
  return relist(state, serialNumber, false, (_, present) =>
    present?.revocation.reason === 'certificateHold' ? undefined : present,
  )
}

/** Puts what `change` answers in the place of what is there. */
function relist(
  state: MemoryState,
  serialNumber: string,
  dryRun: boolean,
  change: (authority: AuthorityState, present: ListedRevocation | undefined) => ListedRevocation | undefined,
): Relisting {
  const authorityIds: string[] = []
  let crlNumber = 0n
  for (const authority of state.authorities.values()) {
    if (authority.record.role !== 'issuing') continue
    const { standIns, endedRevocations, nextCrlNumber } = authority
    const present = standIns.get(serialNumber)
    const next = change(authority, present)
    const number = next === present ? (present?.revocation.crlNumber ?? 0n) : nextCrlNumber
    if (number > crlNumber) crlNumber = number
    if (next === present) continue
    authorityIds.push(authority.record.id)
    if (dryRun) continue
    if (present !== undefined && present.revocation.crlNumber < nextCrlNumber)
      endedRevocations.push({ listed: present, endedNumber: nextCrlNumber })
    if (next === undefined) standIns.delete(serialNumber)
    else standIns.set(serialNumber, next)
  }
  return { authorityIds, crlNumber }
}
