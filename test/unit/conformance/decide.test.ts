import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatBase64 } from '../../../src/core/bytes.ts'
import {
  FIXTURE_NONCE,
  FIXTURE_NOW,
  createDecisionFixture,
  createQuery,
  keyIdOf,
} from '../../support/decision-fixture.ts'
import { encodeQuery, encodeTrust } from '../../support/decision-vector.ts'
import { hoursAfter, issuingList, rootList } from '../../support/fixture-lists.ts'
import { message } from '../../support/message-fixture.ts'
import { type WrittenVerdict, runCases } from '../../support/run-cases.ts'

const fixture = createDecisionFixture()
const leaf = fixture.client('ed25519')
const presented = { presented_certificate: { certificate_chain_der: [formatBase64(leaf)] } }
const signed = encodeQuery(createQuery(message(fixture)))

async function run(request: object, change: object = {}): Promise<WrittenVerdict> {
  const [verdict] = await runCases([
    {
      id: 'x',
      op: 'decide',
      at: FIXTURE_NOW.toISOString(),
      trust: encodeTrust(fixture),
      crls: [rootList(fixture), issuingList(fixture)].map(formatBase64),
      request,
      ...change,
    },
  ])
  return verdict!
}

async function reason(request: object, change: object = {}): Promise<unknown> {
  return (await run(request, change)).value?.['deny_reason']
}

describe('decide', () => {
  it('answers with all that the decision says', async () => {
    const { ok, value } = await run({
      ...presented,
      required_scopes: ['bob.user.read', 'bob.x'],
      explain: true,
    })
    assert.equal(ok, true)
    const { checks, message: text, principal, ...rest } = value!
    assert.match(String(text), /bob\.x/)
    assert.equal((principal as { client_id: string }).client_id, 'alice')
    assert.equal((principal as { authority: string }).authority, 'issuing-1')
    assert.deepEqual(rest, {
      decision: 'DENY',
      deny_reason: 'SCOPE_INSUFFICIENT',
      granted_scopes: ['bob.user.read', 'bob.user.write'],
      missing_scopes: ['bob.x'],
      valid_until: null,
      evaluated_at: {
        authority: 'issuing-1',
        crl_number: 7,
        this_update: '2026-06-01T11:00:00Z',
        next_update: '2026-06-02T00:00:00Z',
      },
    })
    const skipped = (checks as { name: string; outcome: string }[]).find(
      ({ name }) => name === 'client.state',
    )
    assert.equal(skipped?.outcome, 'skipped')
  })

  it('lets an allowance end with the lists', async () => {
    const { value } = await run(presented)
    assert.equal(value?.['decision'], 'ALLOW')
    assert.equal(value['valid_until'], '2026-06-02T00:00:00Z')
    assert.equal(value['checks'], undefined)
  })

  it('takes times, spans and policy from the case', async () => {
    const late = (seconds: number) => ({ at: new Date(FIXTURE_NOW.getTime() + seconds * 1000).toISOString() })
    assert.equal(await reason(signed, late(61)), 'SIGNATURE_EXPIRED')
    assert.equal(await reason(presented, { at: hoursAfter(12.5).toISOString() }), null)
    const strict = { at: hoursAfter(12.5).toISOString(), stale_policy: 'strict' }
    assert.equal(await reason(presented, strict), 'REVOCATION_UNKNOWN')
    const short = { at: hoursAfter(12.5).toISOString(), stale_grace_seconds: 60 }
    assert.equal(await reason(presented, short), 'REVOCATION_UNKNOWN')
    assert.equal(await reason(signed, { ...late(5), age_window_seconds: 4 }), 'SIGNATURE_EXPIRED')
    assert.equal(await reason(signed, { ...late(-5), clock_skew_seconds: 4 }), 'SIGNATURE_NOT_YET_VALID')
  })

  it('knows the nonces that the case names, and none from the case before', async () => {
    assert.equal(await reason(signed), null)
    assert.equal(await reason(signed), null)
    const seen = { public_key_sha256: formatBase64(keyIdOf(leaf)), nonce: FIXTURE_NONCE }
    assert.equal(await reason(signed, { seen_nonces: [seen] }), 'NONCE_REPLAYED')
    assert.equal(await reason(signed, { seen_nonces: [{ ...seen, nonce: 'another-nonce-123' }] }), null)
  })

  it('reads numbers and spans as proto3 writes them', async () => {
    const demand = (freshness: object) => reason({ ...presented, freshness })
    assert.equal(await demand({ at_least_crl_number: '7' }), null)
    assert.equal(await demand({ at_least_crl_number: 8 }), 'FRESHNESS_UNMET')
    assert.equal(await demand({ max_staleness: '3600s' }), null)
    assert.equal(await demand({ max_staleness: '3599.5s' }), 'FRESHNESS_UNMET')
    assert.equal(await demand({}), null)
    const any = { ...presented, required_scopes: ['bob.user.read', 'bob.x'], match: 'SCOPE_MATCH_ANY' }
    assert.equal(await reason(any), null)
  })

  const refused: readonly (readonly [what: string, request: object, reason: string])[] = [
    ['a request without credential', {}, 'FIELD_INVALID'],
    ['a credential that is null', { http_signature: null }, 'FIELD_INVALID'],
    ['a scope that is none', { ...presented, required_scopes: ['Bob'] }, 'SCOPE_MALFORMED'],
    ['an audience that is none', { ...presented, audience: 'B' }, 'FIELD_INVALID'],
    [
      'an unknown proxy header',
      { presented_certificate: { forwarded: { header: 'x-cert', value: '' } } },
      'FIELD_INVALID',
    ],
    ['a staleness below zero', { ...presented, freshness: { max_staleness: '-1s' } }, 'FIELD_INVALID'],
  ]
  for (const [what, request, expected] of refused) {
    it(`makes no decision about ${what}, as the service does not`, async () => {
      const verdict = await run(request)
      assert.equal(verdict.ok, false)
      assert.equal(verdict.reason, expected)
    })
  }

  const strange: readonly (readonly [what: string, request: object, error: RegExp])[] = [
    ['an unknown field', { ...presented, scopes: [] }, /^request\.scopes: there is no such field/],
    [
      'an unknown field of a credential',
      { http_signature: { url: '/' } },
      /^request\.http_signature\.url: there is no such field/,
    ],
    [
      'an unknown field of a header',
      { http_signature: { headers: [{ name: 'a', text: 'b' }] } },
      /^request\.http_signature\.headers\[0\]\.text:/,
    ],
    ['a name in camel case', { ...presented, requiredScopes: [] }, /^request\.requiredScopes:/],
    ['a name of the prototype', { ...presented, toString: 1 }, /^request\.toString:/],
    ['two credentials', { ...presented, http_signature: {} }, /^request\.presented_certificate: excludes/],
    [
      'two bodies',
      { http_signature: { body_bytes: '', body_sha256: '' } },
      /^request\.http_signature\.body_sha256:/,
    ],
    ['an enum by number', { ...presented, match: 1 }, /^request\.match:/],
    ['an enum of another name', { ...presented, match: 'all' }, /^request\.match:/],
    ['a scheme of another name', { http_signature: { scheme: 'ftp' } }, /^request\.http_signature\.scheme:/],
    ['text for octets', { http_signature: { body_bytes: 'a b' } }, /^request\.http_signature\.body_bytes:/],
    [
      'a number beyond 64 bits',
      { ...presented, freshness: { at_least_crl_number: '18446744073709551616' } },
      /^request\.freshness\.at_least_crl_number:/,
    ],
    ['a span without unit', { ...presented, freshness: { max_staleness: '5' } }, /^request\.freshness\.max/],
    ['a flag that is text', { ...presented, explain: 'yes' }, /^request\.explain:/],
    ['a list that is none', { ...presented, required_scopes: 'a.b' }, /^request\.required_scopes:/],
  ]
  for (const [what, request, error] of strange) {
    it(`does not understand ${what}`, async () => {
      const verdict = await run(request)
      assert.match(verdict.error ?? '', error)
      assert.equal(verdict.ok, undefined)
    })
  }

  const strangeCases: readonly (readonly [what: string, change: object, error: RegExp])[] = [
    ['an unknown member', { crl: [] }, /^crl: there is no such field/],
    ['no request', { request: undefined }, /^request: expected an object/],
    ['no bundle', { trust: null }, /^trust: expected an object/],
    ['no instant', { at: undefined }, /^at:/],
    ['an unknown policy', { stale_policy: 'lenient' }, /^stale_policy:/],
    [
      'an authority without a readable certificate',
      { trust: { trust_domain: 'a.b', authorities: [{ id: 'a', role: 'root', certificate_der: 'AAAA' }] } },
      /^trust\.authorities\[0\]\.certificate_der:/,
    ],
    ['a nonce without its key', { seen_nonces: [{ nonce: 'a' }] }, /^seen_nonces\[0\]\.public_key_sha256:/],
    ['a nonce that is null', { seen_nonces: [null] }, /^seen_nonces\[0\]/],
  ]
  for (const [what, change, error] of strangeCases) {
    it(`does not understand a case with ${what}`, async () => {
      assert.match((await run(presented, change)).error ?? '', error)
    })
  }

  it('ignores what is expected, and remarks', async () => {
    assert.equal(await reason(presented, { expect: {}, expect_reason: 'X', comment: 'c', flags: [] }), null)
  })
})
