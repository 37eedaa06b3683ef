import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Caller } from '../../../src/authority/ports.ts'
import { createVerifierRegistry } from '../../../src/authority/verifier-registry.ts'
import {
  listVerifiers,
  reportVerifierStatus,
  slowestVerifiers,
} from '../../../src/authority/verifier-status.ts'
import { ADMIN, buildUseCases, callerOf } from '../../support/build-use-cases.ts'

const verifier = (clientId: string): Caller => ({ ...callerOf(clientId), scopes: ['chancery.crl.read'] })

async function withVerifiers(limits?: { total: number; perClient: number }) {
  const deps = await buildUseCases()
  const verifiers = createVerifierRegistry(deps.clock, limits)
  const status = { ...deps, verifiers }
  const report = (clientId: string, verifierId: string, crlNumber = 1n) =>
    reportVerifierStatus(status, verifier(clientId), {
      verifierId,
      positions: [{ authority: 'issuing-1', crlNumber }],
    })
  const names = () =>
    listVerifiers(status, ADMIN).map(({ clientId, verifierId }) => `${clientId}/${verifierId}`)
  return { ...status, report, names }
}

describe('the status of verifiers', () => {
  it('says which list each is at, how far behind, and when it was heard of', async () => {
    const deps = await withVerifiers()
    const current = deps.feed.current('issuing-1')!.crlNumber
    deps.report('bob', 'host-1', current - 1n)
    await deps.time.advance(1000)
    assert.deepEqual(deps.report('bob', 'host-2', current + 5n), [
      { authorityId: 'issuing-1', crlNumber: current },
    ])
    assert.deepEqual(
      listVerifiers(deps, ADMIN).map(({ verifierId, lastSeen, positions }) => [
        verifierId,
        deps.clock.now().getTime() - lastSeen.getTime(),
        positions,
      ]),
      [
        ['host-1', 1000, [{ authorityId: 'issuing-1', crlNumber: current - 1n, lag: 1n }]],
        ['host-2', 0, [{ authorityId: 'issuing-1', crlNumber: current + 5n, lag: 0n }]],
      ],
    )
    assert.deepEqual(slowestVerifiers(deps), [
      { authority: 'root', verifiers: 0, lag: 0 },
      { authority: 'issuing-1', verifiers: 2, lag: 1 },
    ])
  })

  it('is the last that each verifier said, and is forgotten an hour later', async () => {
    const deps = await withVerifiers()
    deps.report('bob', 'host-1')
    deps.report('bob', 'host-2')
    await deps.time.advance(3_600_000)
    deps.report('bob', 'host-1')
    assert.deepEqual(deps.names(), ['bob/host-2', 'bob/host-1'])
    await deps.time.advance(1)
    assert.deepEqual(deps.names(), ['bob/host-1'])
  })

  it('of many verifiers is bounded: a client pushes out its own first, and then the oldest goes', async () => {
    const deps = await withVerifiers({ total: 4, perClient: 2 })
    deps.report('alice', '1')
    for (let i = 0; i < 10; i++) deps.report('mallory', String(i))
    assert.deepEqual(deps.names(), ['alice/1', 'mallory/8', 'mallory/9'])
    deps.report('carol', '1')
    deps.report('alice', '1')
    deps.report('dave', '1')
    assert.deepEqual(deps.names(), ['mallory/9', 'carol/1', 'alice/1', 'dave/1'])
    // Names cannot be put together so that two clients share one.
    deps.report('dave', '1","x')
    assert.equal(deps.names().length, 4)
  })

  it('is taken and shown with the right only', async () => {
    const deps = await withVerifiers()
    const request = { verifierId: 'x', positions: [{ authority: '', crlNumber: 1n }] }
    assert.throws(() => reportVerifierStatus(deps, callerOf('bob'), request), {
      reason: 'CALLER_NOT_ALLOWED',
    })
    assert.throws(() => listVerifiers(deps, verifier('bob')), { reason: 'CALLER_NOT_ALLOWED' })
  })

  it('is refused if it is not in order', async () => {
    const deps = await withVerifiers()
    const positions = [{ authority: 'issuing-1', crlNumber: 1n }]
    const attempts = [
      [{ verifierId: '', positions }, 'FIELD_INVALID'],
      [{ verifierId: 'x'.repeat(65), positions }, 'FIELD_INVALID'],
      [{ verifierId: 'a b', positions }, 'FIELD_INVALID'],
      [{ verifierId: 'a\u001b[2J', positions }, 'FIELD_INVALID'],
      [{ verifierId: 'x', positions: [] }, 'FIELD_INVALID'],
      [{ verifierId: 'x', positions: Array.from({ length: 17 }, () => positions[0]!) }, 'FIELD_INVALID'],
      [{ verifierId: 'x', positions: [...positions, { authority: '', crlNumber: 1n }] }, 'FIELD_INVALID'],
      [{ verifierId: 'x', positions: [{ authority: 'nowhere', crlNumber: 1n }] }, 'AUTHORITY_NOT_FOUND'],
    ] as const
    for (const [request, reason] of attempts)
      assert.throws(() => reportVerifierStatus(deps, verifier('bob'), request), { reason })
    assert.deepEqual(deps.names(), [])
  })
})
