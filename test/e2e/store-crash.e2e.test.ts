import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { AUDIT_CHAIN_START, type ChainPosition, verifyAuditChain } from '../../src/core/audit-chain.ts'
import { inspectDatabase } from '../../src/store/sqlite/inspect-database.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { NOW, nonceClaim, seed } from '../support/store-fixtures.ts'
import { CRASH_ROUNDS } from '../support/crash-rounds.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const STORM = fileURLToPath(new URL('../support/store-storm.ts', import.meta.url))
const SEED_ENTRIES = 2

/** Acknowledgements after which each round is killed: spread over 1 to 600, the same in every run. */
function killPoint(round: number): number {
  return 1 + (((round * 2_654_435_761) % 4_294_967_296) % 600)
}

/** Runs the storm and kills it when it has acknowledged `acknowledgements` writes; every line that it printed. */
async function stormUntilKilled(path: string, round: number, acknowledgements: number): Promise<string[]> {
  const child = spawn(process.execPath, [STORM, path, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (lines.length === acknowledgements) child.kill('SIGKILL')
  }
  const [code, signal] = (await ended) as [number | null, string | null]
  assert.equal(
    signal,
    'SIGKILL',
    `round ${round} ended on its own (${code}) after ${lines.length} lines: ${lines.at(-1)}`,
  )
  assert.ok(lines.length >= acknowledgements)
  return lines
}

/** Walks the chain on from a position that an earlier round vouched for. */
async function verifyChainFrom(store: Store, position: ChainPosition): Promise<ChainPosition> {
  let head = position
  for (let page = 0; page < 1_000; page++) {
    const records = await store.audit.list({ afterSequence: head.sequence, limit: 1_000 })
    if (records.length === 0) return head
    const verdict = verifyAuditChain(records, head)
    assert.ok(verdict.intact)
    head = verdict.head
  }
  throw new Error('the audit log does not end')
}

async function countCertificates(store: Store, state?: 'revoked'): Promise<number> {
  let total = 0
  let cursor: bigint | undefined
  for (let page = 0; page < 1_000; page++) {
    const answer = await store.certificates.list({
      limit: 1_000,
      at: NOW,
      ...(cursor !== undefined && { cursor }),
      ...(state !== undefined && { state }),
    })
    total += answer.certificates.length
    cursor = answer.nextCursor
    if (cursor === undefined) return total
  }
  throw new Error('the list does not end')
}

async function checkAcknowledged(store: Store, line: string): Promise<void> {
  const [operation, name] = line.split(' ') as [string, string]
  switch (operation) {
    case 'insert':
      assert.ok(store.certificates.status('issuing-1', name), line)
      return
    case 'revoke':
      assert.ok(store.certificates.status('issuing-1', name)?.revocation, line)
      return
    case 'claim':
      assert.equal(await store.nonces.claim(nonceClaim({ nonce: name }), 1_000_000), 'replayed', line)
      return
    case 'number':
      assert.ok((await store.crls.nextNumber('issuing-1')) > BigInt(name), line)
      return
    default:
      assert.fail(`not a line of the storm: ${line}`)
  }
}

describe('a store killed in the middle of a storm of writes', () => {
  const folder = createTemporaryFolder()
  after(() => folder.remove())

  it(`keeps, ${CRASH_ROUNDS} times over, everything that it acknowledged`, async () => {
    const path = folder.file('store.db')
    const created = await openSqliteStore({ path, mustExist: false })
    await seed(created)
    await created.close()

    const numbers: bigint[] = []
    let head = AUDIT_CHAIN_START
    for (let round = 0; round < CRASH_ROUNDS; round++) {
      const lines = await stormUntilKilled(path, round, killPoint(round))
      const store = await openSqliteStore({ path, mustExist: true })
      await Promise.all(lines.map((line) => checkAcknowledged(store, line)))
      head = await verifyChainFrom(store, head)
      // Each write and its audit entry are there together or not at all, acknowledged or not.
      const written = (await countCertificates(store)) + (await countCertificates(store, 'revoked'))
      assert.equal(head.sequence, BigInt(SEED_ENTRIES + written))
      numbers.push(...lines.flatMap((line) => (line.startsWith('number ') ? [BigInt(line.slice(7))] : [])))
      numbers.push(await store.crls.reserveNumber('issuing-1'))
      await store.close()
      // Many were killed while the write-ahead log was copied into the database: that happens each time it has grown by 256 pages, here every few commits.
      assert.deepEqual(inspectDatabase(path).problems, [])
    }
    assert.equal(new Set(numbers).size, numbers.length, 'a CRL number was given twice')
  })
})
