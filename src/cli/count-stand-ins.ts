import { MAX_DELTA_ENTRIES } from '../core/limits.ts'
import { type StandInKind, standInKind } from '../core/revocation/stand-in-serial.ts'
import { parseCrl } from '../core/x509/crl.ts'

/** How many entries of a list name tokens and clients; `undefined` for one so large that counting would take long. */
export function countStandIns(
  der: Uint8Array,
  entryCount: number,
): Readonly<Record<StandInKind, number>> | undefined {
  if (entryCount > MAX_DELTA_ENTRIES) return undefined
  const counts = { token: 0, client: 0 }
  for (const { serialNumber } of parseCrl(der).entries()) {
    const kind = standInKind(serialNumber)
    if (kind !== undefined) counts[kind]++
  }
  return counts
}
