import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  PROFILE_NAMES,
  buildProfile,
  findProfile,
  resolveValidity,
} from '../../../../src/core/issuance/profile.ts'

const DAY = 24 * 60 * 60
const good = {
  name: 'good',
  extendedKeyUsage: ['clientAuth'],
  defaultValiditySeconds: 60,
  maxValiditySeconds: 120,
  carriesHostNames: false,
} as const

describe('the table of profiles', () => {
  it('is closed', () => {
    assert.deepEqual(PROFILE_NAMES, ['client', 'server', 'short'])
    for (const name of ['root', 'Client', 'client ', '__proto__', 'constructor']) {
      assert.throws(() => findProfile(name), { reason: 'PROFILE_UNKNOWN', metadata: { profile: name } })
    }
  })
  it('says that a long name is unknown without repeating all of it', () => {
    assert.throws(() => findProfile('x'.repeat(1000)), { metadata: { profile: 'x'.repeat(64) } })
  })
  it('takes no name as client', () => {
    assert.equal(findProfile(''), findProfile('client'))
  })
  it('lets servers alone carry host names and authenticate as servers', () => {
    for (const name of PROFILE_NAMES) {
      const { carriesHostNames, extendedKeyUsage } = findProfile(name)
      assert.equal(carriesHostNames, name === 'server')
      assert.equal(extendedKeyUsage.includes('serverAuth'), name === 'server')
    }
  })
})

describe('buildProfile', () => {
  const bad: readonly [what: string, change: object][] = [
    ['no extended key usage', { extendedKeyUsage: [] }],
    ['one extended key usage twice', { extendedKeyUsage: ['clientAuth', 'clientAuth'] }],
    ['a default above the cap', { defaultValiditySeconds: 121 }],
    ['a default below ten seconds', { defaultValiditySeconds: 9 }],
    ['half seconds', { defaultValiditySeconds: 60.5 }],
    ['an endless cap', { maxValiditySeconds: Infinity }],
    ['host names for a client', { carriesHostNames: true }],
    ['an empty name', { name: '' }],
  ]
  for (const [what, change] of bad) {
    it(`refuses ${what}`, () => {
      assert.throws(() => buildProfile({ ...good, ...change }), RangeError)
    })
  }
  it('makes a profile that nobody can change afterwards', () => {
    assert.ok(Object.isFrozen(buildProfile(good)))
  })
})

describe('resolveValidity', () => {
  const client = findProfile('client')
  it('is what was asked for, from ten seconds to the cap', () => {
    for (const seconds of [10, 30, 397 * DAY]) assert.equal(resolveValidity(client, seconds), seconds)
  })
  it("is the profile's default when nothing was asked for", () => {
    assert.equal(resolveValidity(client, undefined), 90 * DAY)
    assert.equal(resolveValidity(findProfile('short'), undefined), 30)
  })
  for (const seconds of [9, 0, -60, 397 * DAY + 1, 10.5, NaN, Infinity]) {
    it(`refuses ${seconds} seconds and names the range`, () => {
      assert.throws(() => resolveValidity(client, seconds), {
        reason: 'VALIDITY_OUT_OF_RANGE',
        metadata: { field: 'validity', min_seconds: '10', max_seconds: String(397 * DAY) },
      })
    })
  }
  it('refuses more than a day under the short profile', () => {
    assert.throws(() => resolveValidity(findProfile('short'), DAY + 1), { reason: 'VALIDITY_OUT_OF_RANGE' })
  })
})
