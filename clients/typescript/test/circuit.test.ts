import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createFakeRandom, createFakeTime } from '../../../test/support/fakes.ts'
import { type CircuitState, createCircuit } from '../src/verifier/circuit.ts'

function build() {
  const time = createFakeTime(new Date(0))
  const random = createFakeRandom()
  const states: CircuitState[] = []
  const world = { answers: false, probes: 0 }
  const circuit = createCircuit({
    probe() {
      world.probes++
      return world.answers ? Promise.resolve() : Promise.reject(new Error('no answer'))
    },
    ports: {
      ...time.timers,
      elapsed: () => time.clock.now().getTime(),
      randomBytes: (length) => random.bytes(length),
    },
    onChange: (state) => {
      states.push(state)
    },
  })
  const fail = (times: number) => {
    for (let i = 0; i < times; i++) circuit.failed()
  }
  return { time, states, world, circuit, fail }
}

describe('a circuit', () => {
  it('opens after three failures in a row, and not after three with a success between', () => {
    const { circuit, fail } = build()
    fail(2)
    circuit.succeeded()
    fail(2)
    assert.equal(circuit.state, 'closed')
    fail(1)
    assert.equal(circuit.state, 'open')
    assert.equal(circuit.admits(), false)
  })

  it('probes in the background, ever more seldom, and never when it is closed', async () => {
    const { time, world, circuit, fail } = build()
    await time.advance(60_000)
    assert.equal(world.probes, 0)
    fail(3)
    await time.advance(10 * 60_000)
    const before: number = world.probes
    assert.ok(before >= 15 && before <= 120, String(before))
    circuit.close()
    await time.advance(10 * 60_000)
    assert.equal(world.probes, before)
  })

  it('lets one caller through when a probe was answered, and all after that one', async () => {
    const { time, states, world, circuit, fail } = build()
    fail(3)
    world.answers = true
    await time.advance(1000)
    assert.equal(circuit.state, 'half_open')
    assert.deepEqual([circuit.admits(), circuit.admits()], [true, false])
    circuit.succeeded()
    assert.deepEqual([circuit.admits(), circuit.admits()], [true, true])
    assert.deepEqual(states, ['open', 'half_open', 'closed'])
  })

  it('lets the next caller through when that one did not get to ask', async () => {
    const { time, states, world, circuit, fail } = build()
    circuit.abandoned()
    fail(3)
    world.answers = true
    await time.advance(1000)
    assert.deepEqual([circuit.admits(), circuit.admits()], [true, false])
    circuit.abandoned()
    assert.deepEqual([circuit.admits(), circuit.admits()], [true, false])
    circuit.succeeded()
    assert.deepEqual(states, ['open', 'half_open', 'closed'])
  })

  it('opens again when that caller fails, and then waits longer', async () => {
    const { time, states, world, circuit, fail } = build()
    fail(3)
    world.answers = true
    await time.advance(1000)
    assert.equal(circuit.admits(), true)
    circuit.failed()
    await time.advance(2000)
    assert.deepEqual(states, ['open', 'half_open', 'open', 'half_open'])
  })
})
