import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { Clock, Log, Metrics, Random, Timers } from '../../src/authority/ports.ts'
import { type KeyStore, type Signer, SignerError } from '../../src/signer/signer.ts'

/** A clock that stands until it is moved, with timers that fire when it passes them. */
export interface FakeTime {
  readonly clock: Clock
  readonly timers: Timers
  /** Moves the clock and fires what is due on the way, in order. */
  advance(milliseconds: number): Promise<void>
  /** Sets the clock, forwards or back, while no time passes. */
  setClock(byMilliseconds: number): void
  readonly waiting: number
}

export function createFakeTime(start: Date): FakeTime {
  let now = start.getTime()
  let wrongBy = 0
  const due = new Map<() => void, number>()
  const next = (until: number) => {
    const [first] = [...due].filter(([, at]) => at <= until).sort((a, b) => a[1] - b[1])
    return first
  }
  return {
    clock: { now: () => new Date(now + wrongBy) },
    timers: {
      elapsed: () => now,
      after(milliseconds, callback) {
        const entry = () => callback()
        due.set(entry, now + Math.max(0, milliseconds))
        return () => due.delete(entry)
      },
    },
    async advance(milliseconds) {
      const until = now + milliseconds
      for (let fired = next(until); fired !== undefined; fired = next(until)) {
        const [callback, at] = fired
        now = Math.max(now, at)
        due.delete(callback)
        callback()
        await settle()
      }
      now = until
      await settle()
    },
    setClock(byMilliseconds) {
      wrongBy += byMilliseconds
    },
    get waiting() {
      return due.size
    },
  }
}

/** Lets everything that is ready run. It cannot wait for the thread pool: fakes that it is used with do without. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Octets that look random and are the same in every run. */
export function createFakeRandom(seed = 'chancery'): Random {
  let counter = 0
  return {
    bytes(length) {
      let bytes = Buffer.alloc(0)
      while (bytes.length < length) {
        bytes = Buffer.concat([bytes, createHash('sha256').update(`${seed}:${counter++}`).digest()])
      }
      return bytes.subarray(0, length)
    },
  }
}

export const silentLog: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

export const noMetrics: Metrics = {
  certificateIssued: () => undefined,
  certificatesRevoked: () => undefined,
  requestDecided: () => undefined,
  crlPublished: () => undefined,
  ocspAnswered: () => undefined,
  ocspSigned: () => undefined,
  tokenIssued: () => undefined,
  tokenRefused: () => undefined,
  oauthAnswered: () => undefined,
  crlAdvanced: () => undefined,
}

/** Keys that sign on the calling thread, so that {@link settle} is enough to see the result. P-256 only. */
export function createFakeKeyStore(): KeyStore {
  const signers = new Map<string, Signer>()
  return {
    create(name) {
      if (signers.has(name)) return Promise.reject(new SignerError(`there is a key ${name}`))
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const signer: Signer = {
        algorithm: 'ecdsa-p256-sha256',
        publicKeyDer: publicKey.export({ format: 'der', type: 'spki' }),
        sign: (message) => Promise.resolve(sign('sha256', message, privateKey)),
      }
      signers.set(name, signer)
      return Promise.resolve(signer)
    },
    open(name) {
      const signer = signers.get(name)
      return signer ? Promise.resolve(signer) : Promise.reject(new SignerError(`no key ${name}`))
    },
    has: (name) => Promise.resolve(signers.has(name)),
    remove(name) {
      signers.delete(name)
      return Promise.resolve()
    },
  }
}
