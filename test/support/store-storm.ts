import { writeSync } from 'node:fs'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import {
  auditEntry,
  certificateRecord,
  nonceClaim,
  revokeCommand,
  serialOf,
  serialTarget,
} from './store-fixtures.ts'

/**
 * A process that writes as fast as it can and prints a line for each write that the store acknowledged, until it is killed.
 * Arguments: database, number of the round (keeps names apart). Lines: `insert SERIAL`, `revoke SERIAL`, `claim NONCE`, `number N`.
 */

const CALLERS = 32
const SERIALS_PER_ROUND = 100_000

const [path, round] = [process.argv[2]!, Number(process.argv[3])]
const store = await openSqliteStore({ path, mustExist: true })
let count = 0

/** Written straight to the pipe: a line in a buffer of this process would die with it. */
function acknowledge(line: string): void {
  writeSync(1, `${line}\n`)
}

async function work(): Promise<void> {
  while (count < SERIALS_PER_ROUND) {
    const serialNumber = serialOf(round * SERIALS_PER_ROUND + count++)
    const inserted = await store.certificates.insert(
      certificateRecord({ serialNumber }),
      { clientVersion: 1 },
      auditEntry({ action: 'certificate.issue', subject: serialNumber }),
    )
    if (inserted.outcome !== 'inserted') throw new Error(inserted.outcome)
    acknowledge(`insert ${serialNumber}`)
    const claimed = await store.nonces.claim(nonceClaim({ nonce: serialNumber }), 1_000_000)
    if (claimed !== 'claimed') throw new Error(claimed)
    acknowledge(`claim ${serialNumber}`)
    if (count % 2 === 0) {
      await store.certificates.revoke(
        revokeCommand(serialTarget(serialNumber)),
        auditEntry({ action: 'certificate.revoke', subject: serialNumber }),
      )
      acknowledge(`revoke ${serialNumber}`)
    }
    if (count % 10 === 0) acknowledge(`number ${await store.crls.reserveNumber('issuing-1')}`)
  }
}

await Promise.all(Array.from({ length: CALLERS }, work))
