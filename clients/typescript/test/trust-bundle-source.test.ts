import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { MethodDefinition } from '@grpc/grpc-js'
import { GetTrustBundleResponse } from '../../../src/gen/chancery/v1/authority_service.ts'
import { createDecisionFixture } from '../../../test/support/decision-fixture.ts'
import { createFakeRandom, createFakeTime, settle } from '../../../test/support/fakes.ts'
import { createTemporaryFolder } from '../../../test/support/temporary-folder.ts'
import { fixtureJwks } from '../../../test/support/token-fixture.ts'
import { type TrustEvent, createTrustBundleSource } from '../src/trust/trust-bundle-source.ts'

const fixture = createDecisionFixture()
const JWKS = Buffer.from(JSON.stringify(fixtureJwks(fixture.keys)))
const folder = createTemporaryFolder()

type Bundle = Pick<GetTrustBundleResponse, 'sequence' | 'trustDomain'> & {
  readonly issuing: Uint8Array
  readonly jwks: Buffer
  readonly ids?: readonly string[]
}
const GOOD: Bundle = { sequence: 3n, trustDomain: 'chancery.example', issuing: fixture.issuing, jwks: JWKS }

/** An authority that says what the test wants, or nothing. */
function build(directory?: string) {
  const time = createFakeTime(new Date('2026-06-01T12:00:00Z'))
  const random = createFakeRandom()
  const events: TrustEvent[] = []
  const world = { says: GOOD as Bundle | undefined, calls: 0 }
  const source = createTrustBundleSource({
    directory,
    connection: {
      call: <Q, A>(method: MethodDefinition<Q, A>) => {
        world.calls++
        const { says } = world
        if (!says) return Promise.reject(new Error('nobody is there'))
        assert.match(method.path, /GetTrustBundle$/)
        return Promise.resolve(bundle(says) as A)
      },
    },
    onEvent: (event) => events.push(event),
    ports: {
      now: () => time.clock.now(),
      ...time.timers,
      randomBytes: (length) => random.bytes(length),
      pause: () => settle(1),
    },
  })
  const refusals = () => events.flatMap((event) => (event.kind === 'refused' ? [event.reason] : []))
  return { time, events, world, source, refusals }
}

function bundle({
  sequence,
  trustDomain,
  issuing,
  jwks,
  ids = ['issuing-1'],
}: Bundle): GetTrustBundleResponse {
  return GetTrustBundleResponse.fromPartial({
    trustDomain,
    sequence,
    refreshHint: { seconds: 300n, nanos: 0 },
    rootsDer: [Buffer.from(fixture.root)],
    intermediatesDer: [Buffer.from(issuing)],
    rootIds: ['root'],
    intermediateIds: [...ids],
    scopeExtensionOid: '1.3.6.1.4.1.32473.1.1',
    tokenIssuers: [
      { issuer: 'https://x', audience: 'spiffe://chancery.example', jwks, authority: 'issuing-1' },
    ],
  })
}

describe('a source of the trust bundle', () => {
  after(() => {
    folder.remove()
  })

  it('asks at the start, then as often as the authority hints, and keeps one bundle while nothing changes', async () => {
    const { time, world, source } = build()
    await source.start()
    const { trust, tokenIssuers, authorities: known } = source.current()!
    assert.deepEqual(
      known.map(({ id, role }) => [id, role]),
      [
        ['root', 'root'],
        ['issuing-1', 'issuing'],
      ],
    )
    assert.deepEqual(
      tokenIssuers.map(({ issuer, keys, authorityId }) => [issuer, keys.length, authorityId]),
      [['https://x', 2, 'issuing-1']],
    )
    assert.equal(world.calls, 1)
    await time.advance(331_000)
    assert.equal(world.calls, 2)
    assert.equal(source.current()!.trust, trust)
    source.close()
    await time.advance(3_600_000)
    assert.equal(world.calls, 2)
  })

  it('refuses a lower sequence, other certificates under the same one, another trust domain, and what cannot be read', async () => {
    const { time, world, source, refusals } = build()
    await source.start()
    const known = source.current()!
    const hostile: Bundle[] = [
      { ...GOOD, sequence: 2n },
      { ...GOOD, issuing: fixture.root },
      { ...GOOD, sequence: 4n, trustDomain: 'mallory.example' },
      { ...GOOD, sequence: 4n, jwks: Buffer.from('{"keys":1}') },
      { ...GOOD, sequence: 4n, issuing: fixture.issuing.subarray(1) },
    ]
    for (const says of hostile) {
      world.says = says
      await time.advance(331_000)
      assert.equal(source.current()!.trust, known.trust)
      assert.equal(source.current()!.facts.sequence, 3n)
    }
    assert.deepEqual(refusals(), [
      'TRUST_ROLLBACK',
      'TRUST_FORKED',
      'TRUST_DOMAIN_CHANGED',
      'TRUST_MALFORMED',
      'TRUST_MALFORMED',
    ])
    source.close()
  })

  it('takes nothing without an id for each certificate, or with one for two', async () => {
    for (const [ids, kind] of [
      [[], 'not_refreshed'],
      [['issuing-1', 'issuing-2'], 'not_refreshed'],
      [['root'], 'refused'],
    ] as const) {
      const { world, source, events } = build()
      world.says = { ...GOOD, ids }
      await source.start()
      assert.equal(source.current(), undefined)
      assert.deepEqual(
        events.map((event) => event.kind),
        [kind],
      )
      source.close()
    }
  })

  it('starts from disk without the authority, remembers the sequence over a restart, and writes for nobody else to read', async () => {
    const directory = folder.file('trust')
    const first = build(directory)
    await first.source.start()
    first.source.close()
    assert.deepEqual(readdirSync(directory), ['trust-bundle.json'])
    assert.equal(statSync(join(directory, 'trust-bundle.json')).mode & 0o777, 0o600)

    const second = build(directory)
    second.world.says = undefined
    await second.source.start()
    assert.equal(second.source.current()!.facts.sequence, 3n)
    assert.equal(second.source.current()!.tokenIssuers[0]!.keys.length, 2)
    second.world.says = { ...GOOD, sequence: 2n }
    await second.time.advance(31_000)
    assert.deepEqual(second.refusals()[0], 'TRUST_ROLLBACK')
    second.source.close()
  })

  it('uses no file that is damaged, at any place', async () => {
    const directory = folder.file('damaged')
    const good = readFileSync(join(folder.file('trust'), 'trust-bundle.json'), 'latin1')
    mkdirSync(directory)
    const damaged = [
      '',
      '{}',
      good.slice(0, -1),
      good.replace('"version":1', '"version":2'),
      good.replace('"role":"root"', '"role":"issuing"'),
      good.replace('"id":"root"', '"id":"issuing-1"'),
      good.replace('"sequence":"3"', '"sequence":3'),
      good.replace('"sequence":"3"', '"sequence":"3","sequence":"2"'),
      good.replace(/"certificate":"(.)/, '"certificate":"A'),
      good.replace(/"confirmedAt":"[^"]*"/, '"confirmedAt":"soon"'),
    ]
    for (const text of damaged) {
      writeFileSync(join(directory, 'trust-bundle.json'), text)
      const { source, world, events } = build(directory)
      world.says = undefined
      await source.start()
      assert.equal(source.current(), undefined, text.slice(0, 60))
      assert.equal(events[0]?.kind, 'file_refused', text.slice(0, 60))
      source.close()
    }
  })

  it('asks for a key that nobody knows at most every ten seconds, once for all who ask', async () => {
    const { time, world, source } = build()
    await source.start()
    assert.equal(await source.refresh(), false)
    assert.equal(world.calls, 1)
    await time.advance(10_000)
    world.says = { ...GOOD, jwks: Buffer.from('{"keys":[]}') }
    const answers = await Promise.all(Array.from({ length: 50 }, () => source.refresh()))
    assert.deepEqual(new Set(answers), new Set([true]))
    assert.equal(world.calls, 2)
    for (let second = 0; second < 9; second++) {
      await time.advance(1000)
      assert.equal(await source.refresh(), false)
    }
    assert.equal(world.calls, 2)
    source.close()
  })

  it('tells those who listen of a change, and only of a change', async () => {
    const { time, world, source } = build()
    const heard: bigint[] = []
    source.onChange(({ facts }) => heard.push(facts.sequence))
    await source.start()
    await time.advance(331_000)
    world.says = { ...GOOD, jwks: Buffer.from('{"keys":[]}') }
    await time.advance(331_000)
    assert.deepEqual(heard, [3n, 3n])
    source.close()
  })
})
