import { createHash } from 'node:crypto'
import { open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { IDEMPOTENCY_KEY_TTL_SECONDS } from '../../../../src/core/limits.ts'
import { writeFileAtomically } from '../../../../src/files/write-file.ts'
import { type PrivateKey, formatPrivateKey, parsePrivateKey } from '../../../../src/identity/private-key.ts'
import type { IssueOptions } from '../../../../src/rpc/issue-certificate.ts'
import type { ClientIdentity } from '../identity/client-identity.ts'

/** What was asked for and not had yet. All of it must be the same when it is asked for again: the service compares. */
export interface PendingRenewal {
  readonly wanted: IssueOptions
  readonly key: PrivateKey
  readonly csrDer: Uint8Array
  readonly idempotencyKey: string
  readonly begunAt: Date
}

/** Why a renewal that was begun is not gone on with: another is begun in its place. */
export type PendingFault =
  /** What is in the file is not what was written. */
  | 'PENDING_DAMAGED'
  /** Others on this machine may read the file, and the key in it. */
  | 'PENDING_EXPOSED'
  /** So long ago that the service has forgotten it, or by another clock. */
  | 'PENDING_OUTDATED'

/** Where the one renewal of an identity is kept that was begun and not ended. */
export interface PendingStore {
  /** `now` judges its age. */
  read(now: Date): Promise<PendingRenewal | PendingFault | undefined>
  /** In place of any other. Durable when it returns, where there is a folder. */
  write(pending: PendingRenewal): Promise<void>
  remove(): Promise<void>
}

const NAME = '.renewal.json'
const LEFT_BEHIND = /^\.renewal\.json\.[0-9a-f]{12}\.tmp$/
const LEFT_BEHIND_MS = 60_000
const LIFE_MS = IDEMPOTENCY_KEY_TTL_SECONDS * 1000
/** 256 scopes of 255 characters, key and request, and as much again: a folder that is full of something else is not read. */
const MAX_BYTES = 256 * 1024

/** As it is written. */
interface Written {
  readonly wanted: IssueOptions
  readonly key: string
  readonly csr: string
  readonly idempotencyKey: string
  readonly begunAt: string
}

const inMemory = new WeakMap<ClientIdentity, PendingStore>()

/** Beside the identity in its folder, so that a process that is started anew goes on with it; of one without a folder, in this process. */
export function pendingStoreOf(identity: ClientIdentity): PendingStore {
  if (identity.directory !== undefined) return createFileStore(identity.directory)
  const known = inMemory.get(identity) ?? createMemoryStore()
  inMemory.set(identity, known)
  return known
}

function createMemoryStore(): PendingStore {
  let kept: PendingRenewal | undefined
  return {
    read: (now) => Promise.resolve(kept && (isOutdated(kept, now) ? 'PENDING_OUTDATED' : kept)),
    write: (pending) => {
      kept = pending
      return Promise.resolve()
    },
    remove: () => {
      kept = undefined
      return Promise.resolve()
    },
  }
}

function createFileStore(directory: string): PendingStore {
  const path = join(directory, NAME)
  return {
    async read(now) {
      const content = await readPrivately(path)
      if (typeof content !== 'object') return content
      const pending = parse(content.text)
      if (pending === undefined) return 'PENDING_DAMAGED'
      return isOutdated(pending, now) ? 'PENDING_OUTDATED' : pending
    },
    async write(pending) {
      await removeLeftBehind(directory)
      await writeFileAtomically(path, format(pending), 0o600)
    },
    remove: () => rm(path, { force: true }),
  }
}

function isOutdated({ begunAt }: PendingRenewal, now: Date): boolean {
  return Math.abs(now.getTime() - begunAt.getTime()) >= LIFE_MS
}

/** Reads a file that nobody else may read, at one instant. */
async function readPrivately(path: string): Promise<{ readonly text: string } | PendingFault | undefined> {
  const file = await open(path, 'r').catch(absent)
  if (file === undefined) return undefined
  try {
    const { mode, size } = await file.stat()
    if ((mode & 0o077) !== 0) return 'PENDING_EXPOSED'
    return size > MAX_BYTES ? 'PENDING_DAMAGED' : { text: await file.readFile('utf8') }
  } finally {
    await file.close()
  }
}

/** What a process left that was killed while it wrote: there is a key in it. */
async function removeLeftBehind(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!LEFT_BEHIND.test(name)) continue
    const path = join(directory, name)
    const found = await stat(path).catch(absent)
    if (found && Date.now() - found.mtimeMs > LEFT_BEHIND_MS) await rm(path, { force: true })
  }
}

function absent(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}

/** The digest comes first: another idempotency key, by one octet, would be another certificate. */
function format({ wanted, key, csrDer, idempotencyKey, begunAt }: PendingRenewal): string {
  const written: Written = {
    wanted,
    key: formatPrivateKey(key),
    csr: Buffer.from(csrDer).toString('base64'),
    idempotencyKey,
    begunAt: begunAt.toISOString(),
  }
  const json = JSON.stringify(written)
  return `${digestOf(json)}\n${json}\n`
}

function parse(text: string): PendingRenewal | undefined {
  const [digest, json, ...rest] = text.split('\n')
  if (json === undefined || digest !== digestOf(json) || rest.join('') !== '') return undefined
  const { wanted, key, csr, idempotencyKey, begunAt } = JSON.parse(json) as Written
  return {
    wanted,
    key: parsePrivateKey(key, NAME),
    csrDer: Buffer.from(csr, 'base64'),
    idempotencyKey,
    begunAt: new Date(begunAt),
  }
}

function digestOf(json: string): string {
  return createHash('sha256').update(json).digest('hex')
}
