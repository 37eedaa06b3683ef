import { MalformedError } from '../errors.ts'
import { scanCrlEntries } from '../x509/crl-entries.ts'
import type { OpenedCrl } from '../x509/crl.ts'
import type { CrlReason } from '../x509/types.ts'
import { type RevokedSerials, createRevokedSerials } from './revoked-serials.ts'

/** Lets others run before it resolves. Reading a million entries takes a second; nobody else has to wait for all of it. */
export type Pause = () => Promise<void>

/** Entries read between two pauses: some milliseconds. */
const ENTRIES_PER_SLICE = 4096

/**
 * Calls `take` for each entry of a list, in slices.
 *
 * @throws MalformedError `crl.*` or `der.*`.
 */
export async function forEachEntry(
  { list, revoked }: OpenedCrl,
  pause: Pause,
  take: (serialNumber: Uint8Array, reason: CrlReason, revokedAtMs: number) => void,
): Promise<number> {
  if (revoked === undefined) return 0
  // RFC 5280 section 5.1.2.6: when there are no revoked certificates, the list MUST be absent.
  if (revoked.length === 0)
    throw new MalformedError('crl.entries_empty', 'revokedCertificates is there and empty')
  const scan = scanCrlEntries(revoked, list.version)
  let count = 0
  for (let at = 0; at < revoked.length; at = scan.end) {
    if (++count % ENTRIES_PER_SLICE === 0) await pause()
    scan.read(at)
    const serialNumber = revoked.subarray(scan.serial.start, scan.serial.end)
    take(serialNumber, scan.extensions?.reason ?? 'unspecified', scan.revocationTime)
  }
  return count
}

/**
 * Reads the entries of a list into a table of their own.
 *
 * @throws MalformedError `crl.*` or `der.*`; `crl.duplicate_serial`: two entries for one certificate may disagree.
 */
export async function readEntries(
  opened: OpenedCrl,
  hashKey: Uint8Array,
  pause: Pause,
): Promise<RevokedSerials> {
  const serials = createRevokedSerials(hashKey)
  const isDelta = opened.list.baseCrlNumber !== undefined
  const count = await forEachEntry(opened, pause, (serialNumber, reason, revokedAtMs) => {
    if (reason === 'removeFromCRL' && !isDelta) {
      throw new MalformedError(
        'crl.removal_in_complete_list',
        'removeFromCRL stands in a list that is not a delta',
      )
    }
    serials.set(serialNumber, reason, revokedAtMs)
  })
  if (serials.count !== count) {
    throw new MalformedError('crl.duplicate_serial', 'a serial number is listed twice')
  }
  return serials
}
