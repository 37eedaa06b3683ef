import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { CrlReason } from '../../../src/core/x509/types.ts'
import type { Store } from '../../../src/store/store.ts'
import * as fixtures from '../../support/store-fixtures.ts'
import type { WithStore } from './with-store.ts'

const { auditEntry, certificateRecord, clientRecord, idempotencyClaim, revokeCommand, secondsLater } =
  fixtures
const { seed, serialOf, serialTarget } = fixtures

/** Issues the numbered certificate of alice, good for a minute unless said otherwise. */
function issue(
  store: Store,
  number: number,
  maxOfClient: number | undefined,
  changes: Partial<ReturnType<typeof certificateRecord>> = {},
) {
  const certificate = certificateRecord({
    serialNumber: serialOf(number),
    notAfter: secondsLater(60),
    issuedAt: fixtures.NOW,
    ...changes,
  })
  const limit = maxOfClient === undefined ? {} : { maxOfClient }
  return store.certificates.insert(certificate, { clientVersion: 1, ...limit }, auditEntry())
}

async function outcomesOf(
  store: Store,
  from: number,
  count: number,
  maxOfClient: number,
  changes: Partial<ReturnType<typeof certificateRecord>> = {},
): Promise<string[]> {
  const outcomes: string[] = []
  for (let i = from; i < from + count; i++)
    outcomes.push((await issue(store, i, maxOfClient, changes)).outcome)
  return outcomes
}

function revoke(store: Store, number: number, reason: CrlReason) {
  return store.certificates.revoke(revokeCommand(serialTarget(serialOf(number)), { reason }), auditEntry())
}

/** What one certificate of the model is. */
interface Modelled {
  readonly number: number
  readonly expires: number
  state: 'live' | 'held' | 'revoked'
}

type Step =
  | { readonly kind: 'issue'; readonly lifetime: number }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'revoke'; readonly index: number; readonly reason: CrlReason }
  | { readonly kind: 'unrevoke'; readonly index: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('issue'), lifetime: fc.integer({ min: 10, max: 200 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait'), seconds: fc.integer({ min: 1, max: 60 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('revoke'),
      index: fc.nat(30),
      reason: fc.constantFrom<CrlReason[]>('certificateHold', 'superseded', 'keyCompromise'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unrevoke'), index: fc.nat(30) }) },
)

/** The bound on the live certificates of one client. */
export function liveCertificatesContract(withStore: WithStore): void {
  describe('the bound on live certificates of a client', () => {
    it(
      'refuses one more with nothing written, and the same certificate when there is room',
      withStore(async (store) => {
        await seed(store)
        assert.deepEqual(await outcomesOf(store, 0, 3, 2), ['inserted', 'inserted', 'too_many'])
        const entries = await store.audit.list({ afterSequence: 0n, limit: 100 })
        const options = { clientVersion: 1, maxOfClient: 2, idempotency: idempotencyClaim() }
        const third = certificateRecord({ serialNumber: serialOf(2) })
        assert.deepEqual(await store.certificates.insert(third, options, auditEntry()), {
          outcome: 'too_many',
        })
        assert.equal((await store.audit.list({ afterSequence: 0n, limit: 100 })).length, entries.length)
        assert.equal(store.certificates.status('issuing-1', serialOf(2)), undefined)
        assert.equal(await store.certificates.findIdempotent('admin', 'key-1', fixtures.NOW), undefined)
        assert.equal((await issue(store, 2, 3)).outcome, 'inserted')
      }),
    )
    it(
      'is kept when many come at once, and counts what came without one',
      withStore(async (store) => {
        await seed(store)
        await issue(store, 100, undefined)
        const results = await Promise.all(Array.from({ length: 64 }, (_, i) => issue(store, i, 10)))
        assert.equal(results.filter(({ outcome }) => outcome === 'inserted').length, 9)
        assert.equal((await issue(store, 101, undefined)).outcome, 'inserted')
        assert.deepEqual(await outcomesOf(store, 102, 1, 11), ['too_many'])
        assert.deepEqual(await outcomesOf(store, 102, 1, 12), ['inserted'])
      }),
    )
    it(
      'can be asked for, and asking changes nothing',
      withStore(async (store) => {
        await seed(store)
        const count = (seconds: number) => store.certificates.countLive('alice', secondsLater(seconds))
        assert.equal(await count(0), 0)
        await issue(store, 0, undefined)
        await issue(store, 1, 9, { notAfter: secondsLater(90) })
        for (const [seconds, live] of [
          [0, 2],
          [60.001, 1],
          [90.001, 0],
          [0, 2],
        ] as const)
          assert.equal(await count(seconds), live)
        await revoke(store, 0, 'certificateHold')
        assert.equal(await count(0), 2)
        await revoke(store, 0, 'superseded')
        assert.equal(await count(0), 1)
        assert.equal(await store.certificates.countLive('nobody', fixtures.NOW), 0)
      }),
    )
    it(
      'is of each client',
      withStore(async (store) => {
        await seed(store)
        await store.clients.create(clientRecord({ clientId: 'bob' }), auditEntry())
        assert.deepEqual(await outcomesOf(store, 0, 2, 1), ['inserted', 'too_many'])
        assert.deepEqual(await outcomesOf(store, 10, 2, 1, { clientId: 'bob' }), ['inserted', 'too_many'])
      }),
    )
    it(
      'counts a certificate through its last instant and not after',
      withStore(async (store) => {
        await seed(store)
        await outcomesOf(store, 0, 2, 2)
        const at = (seconds: number) => ({
          issuedAt: secondsLater(seconds),
          notAfter: secondsLater(seconds + 60),
        })
        assert.deepEqual(await outcomesOf(store, 2, 1, 2, at(60)), ['too_many'])
        assert.deepEqual(await outcomesOf(store, 2, 3, 2, at(60.001)), ['inserted', 'inserted', 'too_many'])
        assert.deepEqual(await outcomesOf(store, 4, 1, 2, at(120)), ['too_many'])
        assert.deepEqual(await outcomesOf(store, 4, 1, 2, at(121)), ['inserted'])
      }),
    )
    it(
      'does not count what is revoked for good, whatever revoked it, but what is on hold',
      withStore(async (store) => {
        await seed(store)
        await outcomesOf(store, 0, 4, 4)
        const isFull = async (limit: number) =>
          assert.deepEqual(await outcomesOf(store, 90, 1, limit), ['too_many'])
        await revoke(store, 0, 'certificateHold')
        await isFull(4)
        await revoke(store, 0, 'superseded')
        await revoke(store, 0, 'keyCompromise')
        await isFull(3)
        assert.deepEqual(await outcomesOf(store, 4, 2, 4, { scopes: ['gone.read'] }), [
          'inserted',
          'too_many',
        ])
        const scope = revokeCommand({ kind: 'scope', scope: 'gone.read' }, { reason: 'superseded' })
        await store.certificates.revoke(scope, auditEntry())
        await isFull(3)
        const client = revokeCommand({ kind: 'client', clientId: 'alice' }, { reason: 'superseded' })
        await store.certificates.revoke({ ...client, dryRun: true }, auditEntry())
        await isFull(3)
        await store.certificates.revoke(client, auditEntry())
        assert.deepEqual(await outcomesOf(store, 5, 2, 1), ['inserted', 'too_many'])
      }),
    )
    it(
      'lets a lock and its end pass, and counts nothing twice',
      withStore(async (store) => {
        await seed(store)
        await outcomesOf(store, 0, 3, 3)
        await revoke(store, 0, 'certificateHold')
        const at = fixtures.NOW
        const change = { clientId: 'alice', lockMessage: '', at }
        await store.clients.setState({ ...change, state: 'locked' }, auditEntry())
        await store.clients.setState({ ...change, state: 'active' }, auditEntry())
        const reissue = (number: number, maxOfClient: number) =>
          store.certificates.insert(
            certificateRecord({ serialNumber: serialOf(number), notAfter: secondsLater(60) }),
            { clientVersion: 3, maxOfClient },
            auditEntry(),
          )
        assert.deepEqual(await reissue(3, 3), { outcome: 'too_many' })
        assert.deepEqual(await reissue(3, 4), { outcome: 'inserted' })
        const withoutScopes = { clientId: 'alice', grantedScopes: ['other.read'], at, dryRun: false }
        await store.clients.setScopes(withoutScopes, auditEntry())
        const last = certificateRecord({ serialNumber: serialOf(4) })
        const options = { clientVersion: 4, maxOfClient: 1 }
        assert.deepEqual(await store.certificates.insert(last, options, auditEntry()), {
          outcome: 'inserted',
        })
      }),
    )
    it(
      'counts right after whatever happened before',
      withStore(async (store) => {
        await seed(store)
        let next = 0
        let clients = 0
        await fc.assert(
          fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
            const clientId = `client-${clients++}`
            await store.clients.create(clientRecord({ clientId }), auditEntry())
            const model: Modelled[] = []
            let now = 0
            const live = () =>
              model.filter(({ state, expires }) => state !== 'revoked' && expires >= now).length
            for (const one of [...steps, { kind: 'issue', lifetime: 10 } as const]) {
              assert.equal(await store.certificates.countLive(clientId, secondsLater(now)), live())
              const named = 'index' in one ? model[one.index] : undefined
              if (one.kind === 'wait') now += one.seconds
              else if (one.kind === 'issue') {
                const expires = now + one.lifetime
                const changes = {
                  clientId,
                  issuedAt: secondsLater(now),
                  notAfter: secondsLater(expires),
                  publicKeySha256: fixtures.digestOf(next % 256),
                }
                const refused = await issue(store, next, live(), changes)
                assert.notEqual(refused.outcome, 'inserted')
                const { outcome } = await issue(store, next, live() + 1, changes)
                if (outcome === 'inserted') model.push({ number: next, expires, state: 'live' })
                else assert.equal(outcome, 'key_compromised')
                next++
              } else if (named === undefined) continue
              else if (one.kind === 'revoke') {
                await revoke(store, named.number, one.reason)
                if (one.reason !== 'certificateHold') named.state = 'revoked'
                else if (named.state === 'live') named.state = 'held'
              } else {
                const command = {
                  authorityId: 'issuing-1',
                  serialNumber: serialOf(named.number),
                  at: secondsLater(now),
                }
                const { outcome } = await store.certificates.unrevoke(command, auditEntry())
                if (outcome === 'released') named.state = 'live'
              }
            }
          }),
          { numRuns: 40 },
        )
      }),
    )
  })
}
