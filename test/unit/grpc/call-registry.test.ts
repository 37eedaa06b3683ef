import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DomainError } from '../../../src/core/errors.ts'
import { type CallRegistry, createCallRegistry } from '../../../src/grpc/call-registry.ts'

const stopped = new DomainError('SHUTTING_DOWN', 'Stopping.')
const revoked = new DomainError('CALLER_REVOKED', 'Revoked.')

function open(registry: CallRegistry, clientId: string, serialNumber: string, streaming = true) {
  const ended: string[] = []
  const leave = registry.add({
    caller: { clientId, scopes: [], authorityId: 'issuing', serialNumber },
    streaming,
    end(error) {
      ended.push(error.reason)
      leave()
    },
  })
  return { ended, leave }
}

describe('the registry of open calls', () => {
  it('ends the streams of the certificates named, and of no other', () => {
    const registry = createCallRegistry()
    const one = open(registry, 'alice', '01')
    const again = open(registry, 'alice', '01')
    const other = open(registry, 'alice', '02')
    registry.endStreamsOf(
      { kind: 'certificates', certificates: [{ authorityId: 'issuing', serialNumber: '01' }] },
      revoked,
    )
    assert.deepEqual([one.ended, again.ended, other.ended], [['CALLER_REVOKED'], ['CALLER_REVOKED'], []])
    assert.equal(registry.size, 1)
  })

  it('tells serial numbers of different authorities apart', () => {
    const registry = createCallRegistry()
    const call = open(registry, 'alice', '01')
    registry.endStreamsOf(
      { kind: 'certificates', certificates: [{ authorityId: 'root', serialNumber: '01' }] },
      revoked,
    )
    assert.deepEqual(call.ended, [])
  })

  it('ends every stream of a locked client, whatever its certificate', () => {
    const registry = createCallRegistry()
    const calls = [open(registry, 'alice', '01'), open(registry, 'alice', '02'), open(registry, 'bob', '03')]
    registry.endStreamsOf({ kind: 'client', clientId: 'alice' }, revoked)
    assert.deepEqual(
      calls.map(({ ended }) => ended.length),
      [1, 1, 0],
    )
  })

  it('raises its epoch with every event, also when no call is open', () => {
    const registry = createCallRegistry()
    const { epoch } = registry
    registry.endStreamsOf({ kind: 'client', clientId: 'nobody' }, revoked)
    assert.ok(registry.epoch > epoch)
  })

  it('refuses new calls once closed, and leaves open ones alone', () => {
    const registry = createCallRegistry()
    const call = open(registry, 'alice', '01')
    registry.close(stopped)
    assert.throws(() => open(registry, 'bob', '02'), { reason: 'SHUTTING_DOWN' })
    assert.deepEqual(call.ended, [])
  })

  it('ends streams first and unary calls only when asked to end all', () => {
    const registry = createCallRegistry()
    const stream = open(registry, 'alice', '01', true)
    const unary = open(registry, 'alice', '01', false)
    registry.endStreams(stopped)
    assert.deepEqual([stream.ended.length, unary.ended.length], [1, 0])
    registry.endAll(stopped)
    assert.equal(unary.ended.length, 1)
  })

  it('says when it is empty, and counts a call out once', async () => {
    const registry = createCallRegistry()
    await registry.empty()
    const one = open(registry, 'alice', '01')
    const two = open(registry, 'alice', '01')
    let empty = false
    const waiting = registry.empty().then(() => (empty = true))
    one.leave()
    one.leave()
    await Promise.resolve()
    assert.equal(empty, false)
    two.leave()
    await waiting
    assert.equal(registry.size, 0)
  })
})
