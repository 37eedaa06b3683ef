import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { renewalWindow } from '../../../../src/core/issuance/renewal-window.ts'

const at = (ms: number) => new Date(ms)

describe('renewalWindow', () => {
  it('lies between two thirds and five sixths of the lifetime', () => {
    assert.deepEqual(renewalWindow(at(0), at(60_000)), { start: at(40_000), end: at(50_000) })
  })
  it('is the end itself when nothing is left', () => {
    assert.deepEqual(renewalWindow(at(60_000), at(60_000)), { start: at(60_000), end: at(60_000) })
    assert.deepEqual(renewalWindow(at(90_000), at(60_000)), { start: at(60_000), end: at(60_000) })
  })
})
