import { createHash } from 'node:crypto'
import { equalBytes } from '../core/bytes.ts'
import { MAX_CRL_BYTES } from '../core/limits.ts'
import { type StreamFault, streamFault } from './stream-fault.ts'

/** Puts a complete list together from its pieces, which must come in order and be all of it. */
export interface SnapshotAssembly {
  add(offset: bigint, data: Uint8Array): StreamFault | undefined
  /** The whole list. */
  finish(): Uint8Array | StreamFault
}

/** Begins a list of that size. It is hashed as it comes, so that a large one never holds anybody up. */
export function beginSnapshot(totalBytes: bigint, sha256: Uint8Array): SnapshotAssembly | StreamFault {
  if (totalBytes > BigInt(MAX_CRL_BYTES)) {
    return streamFault('SNAPSHOT_TOO_LARGE', `a list of ${totalBytes} octets is announced`)
  }
  const list = new Uint8Array(Number(totalBytes))
  const digest = createHash('sha256')
  let received = 0
  return {
    add(offset, data) {
      if (offset !== BigInt(received) || received + data.length > list.length) {
        return streamFault('SNAPSHOT_BROKEN', `a piece of a list is for offset ${offset}, not ${received}`)
      }
      list.set(data, received)
      digest.update(data)
      received += data.length
      return undefined
    },
    finish() {
      if (received < list.length) {
        return streamFault('SNAPSHOT_BROKEN', `a list ends after ${received} of ${list.length} octets`)
      }
      return equalBytes(digest.digest(), sha256)
        ? list
        : streamFault('SNAPSHOT_ALTERED', 'a list was altered on its way')
    },
  }
}
