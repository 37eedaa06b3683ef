import { encodeUtf8, equalBytes } from '../core/bytes.ts'
import { publicKeys } from '../core/decision/token-trust.ts'
import { DomainError } from '../core/errors.ts'
import { MAX_TOKEN_KEYS } from '../core/token-limits.ts'
import type { Jwk } from '../core/token/jwk.ts'
import { type KeyPolicy, expiredKeys, isNextDue, signingKey, silentKeys } from '../core/token/key-schedule.ts'
import { publicJwk } from '../core/token/public-jwk.ts'
import type { KeyStore, Signer } from '../signer/signer.ts'
import { SignerError } from '../signer/signer.ts'
import type { AuditEntry, Store, TokenKeyRecord } from '../store/store.ts'
import type { Clock, Log, Timers } from './ports.ts'

/**
 * How a key is followed by the next: `scheduled`, once that was published for long enough; `at_once`, for who cannot wait; `compromised`, at once, and no token of an earlier
 * key is good any more.
 */
export type TokenKeyRotation = 'at_once' | 'compromised' | 'scheduled'

/** A key that is published. */
export interface PublishedTokenKey extends TokenKeyRecord {
  readonly keyId: string
  /** As JWS names it. */
  readonly jwsAlgorithm: string
  /** True for the one that signs now. */
  readonly signs: boolean
}

/** The keys that tokens are signed with, as they follow each other. What is asked of it holds for the instant of the question. */
export interface TokenKeys {
  /** Those that tokens are checked with. */
  readonly keys: readonly Jwk[]
  /** The same as they are published, a JWK set (RFC 7517): the same array as long as they are the same. */
  readonly jwks: Uint8Array
  /** @throws SignerError */
  signing(): Promise<{ readonly signer: Signer; readonly key: Jwk }>
  list(): readonly PublishedTokenKey[]
  /**
   * Brings in the next key, unless one is on its way already.
   *
   * @throws {@link DomainError} RATE_LIMITED; SignerError, StoreError
   */
  rotate(actor: string, rotation: TokenKeyRotation): Promise<void>
  /** Reads what another process has changed, and does what is due. Rejects if it cannot; it is tried again by itself. */
  refresh(): Promise<void>
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>
}

export interface TokenKeysDependencies {
  readonly store: Pick<Store, 'tokenKeys'>
  readonly keys: KeyStore
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
  readonly policy: KeyPolicy
}

/** How soon a process sees what another one has changed in the same store. */
const REFRESH_MS = 10_000

/** Signs nothing but tokens, so that no certificate can come of one and no token of a certificate. */
const nameOf = (sequence: number): string => `tokens-${sequence}`

/**
 * Opens the keys for tokens, makes the first if there is none, and goes on to do what is due.
 *
 * @throws SignerError, StoreError
 */
export async function openTokenKeys(deps: TokenKeysDependencies): Promise<TokenKeys> {
  const { store, keys, clock, timers, log, policy } = deps
  let records: readonly TokenKeyRecord[] = []
  let published = publish(records)
  const signers = new Map<number, Promise<Signer>>()
  /** Sequences below it have no private key any more. */
  let privateFrom = 0

  async function load(): Promise<void> {
    const found = await store.tokenKeys.list()
    const isSame =
      found.map(({ sequence }) => sequence).join() === records.map(({ sequence }) => sequence).join()
    records = found
    if (!isSame) published = publish(records)
  }

  function signerOf({ sequence, publicKeyDer }: TokenKeyRecord): Promise<Signer> {
    const known = signers.get(sequence)
    if (known) return known
    const opening = keys.open(nameOf(sequence)).then((signer) => {
      if (equalBytes(signer.publicKeyDer, publicKeyDer)) return signer
      throw new SignerError(`the key ${nameOf(sequence)} is not the one that is published`)
    })
    signers.set(sequence, opening)
    opening.catch(() => signers.delete(sequence))
    return opening
  }

  /** Never one whose private key a clock that was ahead had removed, which by the right one would sign still. */
  function signingRecord(): TokenKeyRecord | undefined {
    return signingKey(
      records.filter(({ sequence }) => sequence >= privateFrom),
      clock.now(),
    )
  }

  /** Opening a private key takes time, in which another key may have taken over, and this one been withdrawn: then that one signs. */
  async function signing(): Promise<{ readonly signer: Signer; readonly key: Jwk }> {
    const record = signingRecord()!
    const key = published.keys[records.indexOf(record)]!
    const signs = () => signingRecord()?.sequence === record.sequence
    const signer = await signerOf(record).catch((error: unknown) => {
      if (signs()) throw error
    })
    return signer && signs() ? { signer, key } : signing()
  }

  /** The private key is durable before the public one is on record, so that no key is published that nobody has. False if another process was faster. */
  async function add(actor: string, signsFrom: (now: Date) => Date): Promise<boolean> {
    const now = clock.now()
    const sequence = (records.at(-1)?.sequence ?? 0) + 1
    const { algorithm, publicKeyDer } = await openOrCreate(keys, nameOf(sequence))
    const record = { sequence, algorithm, publicKeyDer, createdAt: now, signsFrom: signsFrom(now) }
    const keyId = publish([record]).keys[0]!.kid!
    const details = { key_id: keyId, signs_from: record.signsFrom.toISOString() }
    const entry = auditOf(actor, 'token.key_add', sequence, now, details)
    const outcome = await store.tokenKeys.add(record, entry)
    if (outcome === 'added') log.info({ sequence, ...details }, 'a key for tokens was added')
    await load()
    return outcome === 'added'
  }

  /** Private keys go first: once the record is gone, nobody would look for them. */
  async function removeBefore(actor: string, sequence: number): Promise<void> {
    await removePrivateBefore(sequence)
    const entry = auditOf(actor, 'token.key_remove', sequence, clock.now(), {})
    if ((await store.tokenKeys.removeBefore(sequence, entry)) > 0) await load()
  }

  async function removePrivateBefore(sequence: number): Promise<void> {
    for (const record of records) {
      if (record.sequence >= sequence || record.sequence < privateFrom) continue
      await keys.remove(nameOf(record.sequence))
      signers.delete(record.sequence)
      privateFrom = record.sequence + 1
    }
  }

  async function refresh(): Promise<void> {
    await load()
    const now = clock.now()
    if (isNextDue(records, policy, now)) {
      await add(SYSTEM, records.length === 0 ? (from) => from : afterPrepublishing)
    }
    const silent = silentKeys(records, now).at(-1)
    if (silent) await removePrivateBefore(silent.sequence + 1)
    const expired = expiredKeys(records, now).at(-1)
    if (expired) await removeBefore(SYSTEM, expired.sequence + 1)
  }

  async function rotate(actor: string, rotation: TokenKeyRotation): Promise<void> {
    await refresh()
    if (rotation === 'scheduled') {
      const isOnItsWay = records.at(-1)!.signsFrom > clock.now()
      if (!isOnItsWay) await add(actor, afterPrepublishing)
      return
    }
    if (records.length >= MAX_TOKEN_KEYS && rotation === 'at_once') throw tooManyKeys()
    // What another process added meanwhile may sign only later.
    while (!(await add(actor, (now) => now)));
    if (rotation === 'compromised') await removeBefore(actor, records.at(-1)!.sequence)
  }

  const afterPrepublishing = (now: Date) => new Date(now.getTime() + policy.prepublishSeconds * 1000)

  /** One change after the other: each begins with what the last one left. */
  function exclusively(work: () => Promise<void>): Promise<void> {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }

  let last: Promise<void> = Promise.resolve()
  let isStopped = false
  let cancel: () => void = () => undefined
  const schedule = (): void => {
    if (isStopped) return
    cancel = timers.after(REFRESH_MS, () => {
      exclusively(refresh)
        .catch((err: unknown) => {
          log.error({ err }, 'the keys for tokens could not be looked after; tried again')
        })
        .finally(schedule)
    })
  }

  await refresh()
  await replaceLost(signingKey(records, clock.now())!)
  schedule()

  /** A key whose file is gone (a restored backup, another key store) signs nothing: the next one takes over, and verifiers know the old one for what it has signed. */
  async function replaceLost(record: TokenKeyRecord): Promise<void> {
    if (!(await keys.has(nameOf(record.sequence)))) {
      log.error(
        { key: nameOf(record.sequence) },
        'the key for tokens is not there; another one takes over at once',
      )
      await add(SYSTEM, (now) => now)
    }
    await signerOf(signingKey(records, clock.now())!)
  }

  return {
    get keys() {
      return published.keys
    },
    get jwks() {
      return published.jwks
    },
    signing,
    list() {
      const signing = signingRecord()
      return records.map((record, i) => ({
        ...record,
        keyId: published.keys[i]!.kid!,
        jwsAlgorithm: published.keys[i]!.alg!,
        signs: record === signing,
      }))
    },
    rotate: (actor, rotation) => exclusively(() => rotate(actor, rotation)),
    refresh: () => exclusively(refresh),
    async stop() {
      isStopped = true
      cancel()
      await last
    },
  }
}

const SYSTEM = 'system'

/** What is published is what is trusted, read by the same rules. */
function publish(records: readonly TokenKeyRecord[]) {
  const set = { keys: records.map(({ publicKeyDer, algorithm }) => publicJwk(publicKeyDer, algorithm)) }
  return { keys: publicKeys(set), jwks: encodeUtf8(JSON.stringify(set)) }
}

/** Nothing that is there is replaced. One that is there without a record was made just before a crash, or by a process that is a moment ahead. */
async function openOrCreate(keys: KeyStore, name: string): Promise<Signer> {
  if (await keys.has(name)) return keys.open(name)
  return keys.create(name, 'p256').catch(() => keys.open(name))
}

function auditOf(
  actor: string,
  action: string,
  sequence: number,
  at: Date,
  details: AuditEntry['details'],
): AuditEntry {
  return { at, actor, action, subject: nameOf(sequence), details }
}

function tooManyKeys(): DomainError {
  return new DomainError(
    'RATE_LIMITED',
    `There are ${MAX_TOKEN_KEYS} keys for tokens already. Wait for the first of them to run out.`,
    { limit: 'token_keys' },
  )
}
