import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatBase64 } from '../../src/core/bytes.ts'
import { decide } from '../../src/core/decision/decide.ts'
import { DENY_REASONS } from '../../src/core/decision/deny-reason.ts'
import type { HttpRequest } from '../../src/core/request/http-request.ts'
import {
  type KeyName,
  createDecisionContext,
  createDecisionFixture,
  createMemoryReplayGuard,
  createQuery,
  header,
  withHeader,
} from '../support/decision-fixture.ts'
import { ALL_COMPONENTS, MESSAGE_BODY, signMessage } from '../support/message-fixture.ts'

const fixture = createDecisionFixture()
// One cache for all, so that what was once found good is never good for something else.
const context = createDecisionContext(fixture)
const KEYS: readonly KeyName[] = ['p256', 'p384', 'ed25519', 'rsa2048']

async function judge(request: HttpRequest, scheme: 'https' | 'http' = 'https'): Promise<string> {
  const query = createQuery({ kind: 'rfc9421', request, scheme })
  const decision = await decide(query, { ...context, replay: createMemoryReplayGuard() })
  return decision.denyReason ?? 'ALLOW'
}

/** Every octet with one bit turned; the bit changes from octet to octet. */
function* mutations(octets: Uint8Array): Generator<Uint8Array> {
  for (let i = 0; i < octets.length; i++) {
    const copy = Uint8Array.from(octets)
    copy[i]! ^= 1 << (i % 8)
    yield copy
  }
}

function text(request: HttpRequest, name: string): string {
  return Buffer.from(request.headers.find((field) => field.name === name)!.value).toString('latin1')
}

describe('a request signed by RFC 9421', () => {
  for (const key of KEYS) {
    const { request } = signMessage(fixture, key)
    const signature = Buffer.from(text(request, 'Signature').slice('sig=:'.length, -1), 'base64')

    it(`is allowed as it was signed (${key})`, async () => {
      assert.equal(await judge(request), 'ALLOW')
    })

    it(`is denied with any octet of its signature changed, or cut anywhere (${key})`, async () => {
      const replaced = (octets: Uint8Array) =>
        withHeader(request, 'Signature', `sig=:${formatBase64(octets)}:`)
      for (const changed of mutations(signature))
        assert.equal(await judge(replaced(changed)), 'SIGNATURE_INVALID')
      for (let length = 0; length < signature.length; length++)
        assert.notEqual(await judge(replaced(signature.subarray(0, length))), 'ALLOW')
    })

    it(`is denied with any octet of a header changed that matters (${key})`, async () => {
      for (const name of ['Signature-Input', 'Signature', 'X-Client-Cert', 'Content-Digest']) {
        for (const changed of mutations(Buffer.from(text(request, name), 'latin1'))) {
          const value = Buffer.from(changed).toString('latin1')
          assert.notEqual(await judge(withHeader(request, name, value)), 'ALLOW', `${name}: ${value}`)
        }
      }
    })
  }

  // Everything that can be covered is.
  const { request } = signMessage(fixture, 'ed25519', {
    components: `${ALL_COMPONENTS} "@target-uri" "@scheme" "@request-target" "@query-param";name="full" "x-many" "x-many";bs`,
    headers: [
      ['X-Many', 'one'],
      ['x-many', 'two, three'],
    ],
  })

  it('is denied with any octet of method, target, authority, body or a covered header changed', async () => {
    assert.equal(await judge(request), 'ALLOW')
    const parts = [
      [request.method, (method) => ({ ...request, method })],
      [request.target, (target) => ({ ...request, target })],
      [request.authority, (authority) => ({ ...request, authority })],
      [
        MESSAGE_BODY.toString('latin1'),
        (value) => ({ ...request, body: { kind: 'bytes', bytes: Buffer.from(value, 'latin1') } }),
      ],
      [
        'one',
        (value) => ({
          ...request,
          headers: request.headers.map((field) =>
            field.name === 'X-Many' ? header('X-Many', value) : field,
          ),
        }),
      ],
    ] satisfies readonly (readonly [string, (value: string) => HttpRequest])[]
    for (const [original, rebuild] of parts) {
      for (const changed of mutations(Buffer.from(original, 'latin1'))) {
        const value = Buffer.from(changed).toString('latin1')
        // The one change that is none: the case of the authority.
        if (original === request.authority && value.toLowerCase() === original.toLowerCase()) continue
        assert.notEqual(await judge(rebuild(value)), 'ALLOW', JSON.stringify(value))
      }
    }
    assert.notEqual(await judge(request, 'http'), 'ALLOW')
  })

  it('is denied with one octet put in or left out of what is signed', async () => {
    const plain = signMessage(fixture, 'ed25519').request
    const octet = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
    const part = fc.constantFrom(
      'method',
      'target',
      'authority',
      'X-Client-Cert',
      'Content-Digest',
      'Signature',
    )
    await fc.assert(
      fc.asyncProperty(part, octet, fc.nat(), fc.boolean(), async (name, inserted, position, insert) => {
        const isField = /^[A-Z]/.test(name)
        const original = isField ? text(plain, name) : plain[name as 'method' | 'target' | 'authority']
        const at = position % original.length
        const value = insert
          ? original.slice(0, at) + inserted + original.slice(at)
          : original.slice(0, at) + original.slice(at + 1)
        // White space around the value of a field is not part of it.
        if (isField && value.trim() === original) return
        const changed = isField ? withHeader(plain, name, value) : { ...plain, [name]: value }
        assert.notEqual(await judge(changed), 'ALLOW', `${name}: ${value}`)
      }),
      { numRuns: 500 },
    )
  })

  it('is denied as a replay with the second signature that ECDSA has for the same message', async () => {
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
    const { request: first } = signMessage(fixture, 'p256')
    const octets = Buffer.from(text(first, 'Signature').slice('sig=:'.length, -1), 'base64')
    const s = order - BigInt(`0x${octets.toString('hex', 32)}`)
    const other = Buffer.concat([
      octets.subarray(0, 32),
      Buffer.from(s.toString(16).padStart(64, '0'), 'hex'),
    ])
    const second = withHeader(first, 'Signature', `sig=:${formatBase64(other)}:`)
    assert.equal(await judge(second), 'ALLOW')
    const replay = createMemoryReplayGuard()
    const outcomes = []
    for (const signed of [first, second]) {
      const query = createQuery({ kind: 'rfc9421', request: signed, scheme: 'https' })
      outcomes.push((await decide(query, { ...context, replay })).denyReason)
    }
    assert.deepEqual(outcomes, [undefined, 'NONCE_REPLAYED'])
  })

  it('is denied without any one of its components or parameters', async () => {
    const components = ALL_COMPONENTS.split(' ')
    for (const left of components) {
      const some = components.filter((component) => component !== left).join(' ')
      assert.equal(
        await judge(signMessage(fixture, 'ed25519', { components: some }).request),
        'COVERAGE_INSUFFICIENT',
      )
    }
    for (const left of ['created', 'expires', 'nonce', 'keyid', 'alg']) {
      const partial = signMessage(fixture, 'ed25519', { parameters: { [left]: '' } }).request
      assert.equal(await judge(partial), 'COVERAGE_INSUFFICIENT', left)
    }
  })

  it('made of arbitrary text is denied with a reason and never throws', async () => {
    const names = ['X-Client-Cert', 'Signature-Input', 'Signature', 'Content-Digest', 'x-other']
    const value = fc.oneof(
      fc.string({ maxLength: 60, unit: 'binary-ascii' }),
      fc.constantFrom(...names.slice(0, 4).map((name) => text(request, name))),
      fc.stringMatching(
        /^sig=\(("@?[a-z-]{1,8}"(;[a-z]{1,3})? ?){0,4}\);tag="chancery"(;[a-z]{1,5}=[0-9]{1,3}){0,3}$/,
      ),
      fc.constantFrom('sig=:AAAA:', 'sig=::', 'sig=(:AAAA:)', 'sig'),
    )
    const field = fc.tuple(fc.constantFrom(...names), value).map(([name, octets]) => header(name, octets))
    const line = fc.string({ maxLength: 20, unit: 'binary-ascii' })
    const array = fc.array(field, { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(array, line, line, line, async (headers, method, target, authority) => {
        const reason = await judge({ ...request, headers, method, target, authority })
        assert.ok((DENY_REASONS as readonly string[]).includes(reason))
      }),
      { numRuns: 600 },
    )
  })
})
