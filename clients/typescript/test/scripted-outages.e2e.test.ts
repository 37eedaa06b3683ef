import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SCRIPTS, playOutages } from './support/scripted-outages.ts'

const OUTAGES = 104

describe('a caller and a resource server through outages of the authority', () => {
  it('lose no call and decide none wrongly in 104 outages of eight kinds, probe no more than the pace allows, and are back with the first probe', async () => {
    const tally = await playOutages(OUTAGES, 1)
    assert.deepEqual(tally.lost, [])
    assert.deepEqual(tally.wrong, [])
    assert.deepEqual(tally.stuck, [])
    assert.equal(tally.excessProbes, 0)
    // A probe after the end of an outage fails only where the machine is so busy that its deadline passes.
    const late = tally.probesToReturn.filter((probes) => probes > 1)
    assert.ok(late.length <= tally.probesToReturn.length / 20, late.join())
    for (const script of SCRIPTS) assert.equal(tally.played[script], OUTAGES / SCRIPTS.length)
    assert.ok(tally.calls > OUTAGES * 15, String(tally.calls))
    assert.ok(tally.switchMs.length > OUTAGES / 2, String(tally.switchMs.length))
  })
})
