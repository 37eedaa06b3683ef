import assert from 'node:assert/strict'
import { chmod, readdir, rm } from 'node:fs/promises'
import { after, describe, it } from 'node:test'
import type { TokenKeys, TokenKeysDependencies } from '../../../src/authority/token-keys.ts'
import { MAX_TOKEN_KEYS } from '../../../src/core/token-limits.ts'
import { parseJsonObject } from '../../../src/core/token/strict-json.ts'
import { createFileKeyStore } from '../../../src/signer/file-key-store.ts'
import { type KeyStore, SignerError } from '../../../src/signer/signer.ts'
import { createMemoryStore } from '../../../src/store/memory/memory-store.ts'
import { StoreError } from '../../../src/store/store.ts'
import { createFakeKeyStore, createFakeTime } from '../../support/fakes.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { openFakeTokenKeys } from '../../support/token-keys.ts'

const START = new Date('2026-06-01T12:00:00Z')
const DAY = 86_400
const PERIOD = 3600
const PREPUBLISH = 900

const folder = createTemporaryFolder()
after(folder.remove)

/** A process over a store and keys that others may share. */
function world(policy = { periodSeconds: PERIOD, prepublishSeconds: PREPUBLISH }) {
  const time = createFakeTime(START)
  const shared = { store: createMemoryStore(), keys: createFakeKeyStore() }
  const open = (change: Partial<TokenKeysDependencies> = {}) =>
    openFakeTokenKeys({ ...time, ...shared, policy, ...change })
  return { ...shared, time, open }
}

/** Which key signs, and which are published, by their order. */
function stateOf(keys: TokenKeys): string {
  return keys
    .list()
    .map(({ sequence, signs }) => (signs ? `(${sequence})` : String(sequence)))
    .join(' ')
}

const kidsOf = ({ jwks }: TokenKeys) =>
  (parseJsonObject(jwks)['keys'] as readonly { kid: string }[]).map(({ kid }) => kid)

const hasPrivate = (keys: KeyStore, ...sequences: readonly number[]) =>
  Promise.all(sequences.map((sequence) => keys.has(`tokens-${sequence}`)))

describe('the keys for tokens', () => {
  it('begin with one, which is made when there is none and is the same from then on', async () => {
    const { open } = world()
    const keys = await open()
    assert.equal(stateOf(keys), '(1)')
    const { key } = await keys.signing()
    assert.deepEqual([key.alg, kidsOf(keys)], ['ES256', [key.kid]])
    const [jwk] = parseJsonObject(keys.jwks)['keys'] as readonly Record<string, unknown>[]
    assert.deepEqual(Object.keys(jwk!).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
    const again = await open()
    assert.deepEqual(again.jwks, keys.jwks)
  })

  it('follow each other by themselves: published first, then signing, then only verifying, then gone', async () => {
    const { time, open, keys: keyStore } = world()
    const keys = await open()
    const [first] = kidsOf(keys)
    await time.advance((PERIOD - PREPUBLISH - 20) * 1000)
    assert.equal(stateOf(keys), '(1)')
    await time.advance(30_000)
    assert.equal(stateOf(keys), '(1) 2')
    assert.equal((await keys.signing()).key.kid, first)
    assert.deepEqual(await hasPrivate(keyStore, 1, 2), [true, true])

    await time.advance(PREPUBLISH * 1000)
    assert.equal(stateOf(keys), '1 (2)')
    assert.deepEqual(kidsOf(keys)[0], first)
    assert.equal((await keys.signing()).key.kid, kidsOf(keys)[1])
    await time.advance(70_000)
    assert.deepEqual(await hasPrivate(keyStore, 1, 2), [false, true])
    assert.equal(stateOf(keys), '1 (2)')

    // The last token of the first key is good for five minutes.
    await time.advance(260_000)
    assert.equal(stateOf(keys), '1 (2)')
    await time.advance(50_000)
    assert.equal(stateOf(keys), '(2)')
    await time.advance(PERIOD * 1000)
    assert.equal(stateOf(keys), '(3)')
  })

  it('keep a published key for at least the life of a token after another one signs, at every moment of a rotation', async () => {
    const { time, open } = world()
    const keys = await open()
    const lastSigned = new Map<string, number>()
    const firstSeen = new Map<string, number>()
    for (let second = 0; second < 3 * PERIOD; second += 10) {
      await time.advance(10_000)
      const { kid } = (await keys.signing()).key
      for (const one of kidsOf(keys)) if (!firstSeen.has(one)) firstSeen.set(one, second)
      lastSigned.set(kid!, second)
      if (second > PERIOD) assert.ok(second - firstSeen.get(kid!)! >= PREPUBLISH - 10)
      for (const [signer, at] of lastSigned) {
        if (second - at <= 300) assert.ok(kidsOf(keys).includes(signer), `${signer} at ${second}`)
      }
    }
    assert.equal(lastSigned.size, 4)
  })

  it('never change by themselves where that is switched off', async () => {
    const { time, open } = world({ periodSeconds: 0, prepublishSeconds: PREPUBLISH })
    const keys = await open()
    await time.advance(2 * PERIOD * 1000)
    assert.equal(stateOf(keys), '(1)')
  })

  it('are rotated by hand, and a key that is on its way stays the next one', async () => {
    const { time, open, store } = world()
    const keys = await open()
    await keys.rotate('admin', 'scheduled')
    await keys.rotate('admin', 'scheduled')
    assert.equal(stateOf(keys), '(1) 2')
    await time.advance(PREPUBLISH * 1000)
    assert.equal(stateOf(keys), '1 (2)')
    const entries = await store.audit.list({ afterSequence: 0n, limit: 10 })
    assert.deepEqual(
      entries.map(({ actor, action, subject }) => [actor, action, subject]),
      [
        ['system', 'token.key_add', 'tokens-1'],
        ['admin', 'token.key_add', 'tokens-2'],
      ],
    )
    assert.equal(entries[1]!.details['key_id'], kidsOf(keys)[1])
  })

  it('are rotated at once, also past one that is on its way', async () => {
    const { time, open } = world()
    const keys = await open()
    await keys.rotate('admin', 'scheduled')
    await keys.rotate('admin', 'at_once')
    assert.equal(stateOf(keys), '1 2 (3)')
    await time.advance(PREPUBLISH * 1000)
    assert.equal(stateOf(keys), '(3)')
  })

  it('are withdrawn at once when they were compromised, private keys and all', async () => {
    const { open, keys: keyStore, store } = world()
    const keys = await open()
    await keys.rotate('admin', 'scheduled')
    await keys.rotate('admin', 'compromised')
    assert.equal(stateOf(keys), '(3)')
    assert.deepEqual(await hasPrivate(keyStore, 1, 2, 3), [false, false, true])
    const [last] = (await store.audit.list({ afterSequence: 0n, limit: 10 })).slice(-1)
    assert.deepEqual([last?.actor, last?.action], ['admin', 'token.key_remove'])
  })

  it('are not rotated without end', async () => {
    const { open } = world()
    const keys = await open()
    for (let i = 1; i < MAX_TOKEN_KEYS; i++) await keys.rotate('admin', 'at_once')
    await assert.rejects(keys.rotate('admin', 'at_once'), { reason: 'RATE_LIMITED' })
    assert.equal(keys.list().length, MAX_TOKEN_KEYS)
    await keys.rotate('admin', 'compromised')
    assert.equal(keys.list().length, 1)
  })

  it('go on where they were after a restart at any moment of a rotation', async () => {
    const { time, open, keys: keyStore } = world()
    let keys = await open()
    await keys.rotate('admin', 'scheduled')
    for (const [seconds, state] of [
      [0, '(1) 2'],
      [PREPUBLISH, '1 (2)'],
      [61, '1 (2)'],
      [300, '(2)'],
    ] as const) {
      await keys.stop()
      await time.advance(seconds * 1000)
      keys = await open()
      assert.equal(stateOf(keys), state)
    }
    assert.deepEqual(await hasPrivate(keyStore, 1, 2), [false, true])
  })

  it('catch up after the process slept through a whole rotation', async () => {
    const { time, open, keys: keyStore } = world()
    await (await open()).stop()
    await time.advance(100 * DAY * 1000)
    const keys = await open()
    assert.equal(stateOf(keys), '(1) 2')
    await time.advance((PREPUBLISH + 400) * 1000)
    assert.equal(stateOf(keys), '(2)')
    assert.deepEqual(await hasPrivate(keyStore, 1, 2), [false, true])
  })

  it('are the same in two processes, whichever is faster', async () => {
    const { time, open } = world()
    const processes = await Promise.all([open(), open(), open()])
    const [one, other] = processes
    for (const keys of processes) assert.deepEqual(keys.jwks, one.jwks)
    await Promise.all([one.rotate('admin', 'at_once'), other.rotate('admin', 'at_once')])
    await time.advance(10_000)
    for (const keys of processes) {
      assert.deepEqual(keys.jwks, one.jwks)
      assert.equal(stateOf(keys), '1 2 (3)')
    }
  })

  it('sign with the key that verifiers know for longest while the clock is set back', async () => {
    const shared = world()
    const keys = await shared.open()
    await keys.rotate('admin', 'at_once')
    const back = createFakeTime(new Date(START.getTime() - DAY * 1000))
    assert.equal(stateOf(await shared.open(back)), '(1) 2')
  })

  it('sign with the one that is left when a clock that was ahead had the private key before it removed', async () => {
    const { time, open, keys: keyStore } = world()
    const keys = await open()
    time.setClock(30 * DAY * 1000)
    await time.advance((PREPUBLISH + 80) * 1000)
    assert.equal(stateOf(keys), '1 (2)')
    assert.deepEqual(await hasPrivate(keyStore, 1, 2), [false, true])
    time.setClock(-30 * DAY * 1000)
    assert.equal((await keys.signing()).key.kid, kidsOf(keys)[1])
    await time.advance(20_000)
    assert.equal(stateOf(keys), '1 (2)')
    assert.equal((await keys.signing()).key.kid, kidsOf(keys)[1])
  })

  it('are replaced at once when the one that signs is not there any more', async () => {
    const { open } = world()
    const [lost] = kidsOf(await open())
    const keys = await open({ keys: createFakeKeyStore() })
    assert.equal(stateOf(keys), '1 (2)')
    assert.equal(kidsOf(keys)[0], lost)
    assert.notEqual((await keys.signing()).key.kid, lost)
  })

  it('are not signed with when the file is another key than the one on record', async () => {
    const { open } = world()
    await open()
    const others = createFakeKeyStore()
    await others.create('tokens-1', 'p256')
    await assert.rejects(open({ keys: others }), SignerError)
  })

  for (const [what, isGone] of [
    ['its private key is opened', false],
    ['its private key is looked for, and then is not there', true],
  ] as const) {
    it(`are signed with by the key after one that is withdrawn while ${what}`, async () => {
      const { open, keys: keyStore } = world()
      let release: () => void = () => undefined
      const gate = new Promise<void>((resolve) => (release = resolve))
      const keys = await open({
        keys: {
          ...keyStore,
          async open(name) {
            if (name !== 'tokens-2') return keyStore.open(name)
            const opened = await keyStore.open(name)
            await gate
            if (isGone) throw new SignerError('not there')
            return opened
          },
        },
      })
      await keys.rotate('admin', 'at_once')
      const signing = keys.signing()
      await keys.rotate('admin', 'compromised')
      release()
      const { key, signer } = await signing
      assert.deepEqual([key.kid], kidsOf(keys))
      assert.deepEqual(signer.publicKeyDer, Buffer.from(keys.list()[0]!.publicKeyDer))
    })
  }

  it('are signed with by one whose records were read anew while its private key was opened', async () => {
    const { open, keys: keyStore } = world()
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (release = resolve))
    const keys = await open({
      keys: {
        ...keyStore,
        open: (name) => (name === 'tokens-2' ? gate : Promise.resolve()).then(() => keyStore.open(name)),
      },
    })
    await keys.rotate('admin', 'at_once')
    const signing = keys.signing()
    await keys.refresh()
    release()
    assert.equal((await signing).key.kid, kidsOf(keys)[1])
  })

  it('are never made anew because one cannot be opened', async () => {
    const { open } = world()
    const directory = folder.file('mode')
    const keys = createFileKeyStore({ directory })
    await open({ keys })
    await chmod(`${directory}/tokens-1.key.pem`, 0o644)
    await assert.rejects(open({ keys }), SignerError)
    assert.deepEqual(await readdir(directory), ['tokens-1.key.pem'])
  })

  it('take up a key that was made just before a crash', async () => {
    const { open, keys: keyStore } = world()
    const keys = await open()
    const made = await keyStore.create('tokens-2', 'p256')
    await keys.rotate('admin', 'at_once')
    assert.deepEqual(Buffer.from(keys.list()[1]!.publicKeyDer), made.publicKeyDer)
    assert.deepEqual((await keys.signing()).signer.publicKeyDer, made.publicKeyDer)
  })

  it('leave no private key in the folder but that of the one that signs', async () => {
    const { time, open } = world()
    const directory = folder.file('files')
    const keys = await open({ keys: createFileKeyStore({ directory }) })
    await keys.rotate('admin', 'at_once')
    assert.deepEqual((await readdir(directory)).sort(), ['tokens-1.key.pem', 'tokens-2.key.pem'])
    await time.advance(70_000)
    // The file system answers when it likes: what is waited for is the work, not the time.
    await keys.refresh()
    assert.deepEqual(await readdir(directory), ['tokens-2.key.pem'])
    await keys.stop()
    await rm(directory, { recursive: true })
  })

  it('stay published until their private keys could be removed, and that is tried again', async () => {
    const { time, open, keys: keyStore } = world()
    let fails = true
    const remove = (name: string) =>
      fails ? Promise.reject(new SignerError('read-only')) : keyStore.remove(name)
    const keys = await open({ keys: { ...keyStore, remove } })
    await keys.rotate('admin', 'at_once')
    await time.advance(400_000)
    assert.equal(stateOf(keys), '1 (2)')
    fails = false
    await time.advance(10_000)
    assert.equal(stateOf(keys), '(2)')
    assert.deepEqual(await hasPrivate(keyStore, 1), [false])
  })

  it('publish no key that could not be put on record', async () => {
    const { open, store } = world()
    const add = () => Promise.reject(new StoreError('disk full'))
    const keys = await open()
    const other = await open({ store: { tokenKeys: { ...store.tokenKeys, add } } })
    await assert.rejects(other.rotate('admin', 'at_once'), StoreError)
    assert.equal(stateOf(other), '(1)')
    assert.equal(stateOf(keys), '(1)')
  })
})
