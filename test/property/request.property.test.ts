import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatBase64 } from '../../src/core/bytes.ts'
import { decide } from '../../src/core/decision/decide.ts'
import { DENY_REASONS } from '../../src/core/decision/deny-reason.ts'
import type { HttpRequest } from '../../src/core/request/http-request.ts'
import { signatureBase } from '../../src/core/request/simple-profile.ts'
import {
  type KeyName,
  createDecisionContext,
  createDecisionFixture,
  createMemoryReplayGuard,
  createQuery,
  header,
  signSimpleRequest,
  withHeader,
} from '../support/decision-fixture.ts'

const fixture = createDecisionFixture()
// One cache for all, so that what was once found good is never good for something else.
const context = createDecisionContext(fixture)
const KEYS: readonly KeyName[] = ['p256', 'ed25519', 'rsa2048']

async function judge(request: HttpRequest): Promise<string> {
  const query = createQuery({ kind: 'simple', request })
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

describe('a signed request', () => {
  for (const key of KEYS) {
    const request = signSimpleRequest(fixture, key)
    const [certificate, signature] = ['X-Client-Cert', 'X-Signature'].map((name) => {
      const field = request.headers.find((one) => one.name === name)!
      return Uint8Array.from(Buffer.from(Buffer.from(field.value).toString('latin1'), 'base64'))
    }) as [Uint8Array, Uint8Array]

    it(`is allowed as it was signed (${key})`, async () => {
      assert.equal(await judge(request), 'ALLOW')
    })

    it(`is denied with any octet of its certificate changed (${key})`, async () => {
      for (const changed of mutations(certificate)) {
        assert.notEqual(await judge(withHeader(request, 'X-Client-Cert', formatBase64(changed))), 'ALLOW')
      }
    })

    it(`is denied with any octet of its signature changed (${key})`, async () => {
      for (const changed of mutations(signature)) {
        assert.equal(
          await judge(withHeader(request, 'X-Signature', formatBase64(changed))),
          'SIGNATURE_INVALID',
        )
      }
    })

    it(`is denied with its certificate or signature cut anywhere (${key})`, async () => {
      for (let length = 0; length < certificate.length; length += 7) {
        const cut = formatBase64(certificate.subarray(0, length))
        assert.notEqual(await judge(withHeader(request, 'X-Client-Cert', cut)), 'ALLOW')
      }
      for (let length = 0; length < signature.length; length++) {
        const cut = formatBase64(signature.subarray(0, length))
        assert.notEqual(await judge(withHeader(request, 'X-Signature', cut)), 'ALLOW')
      }
    })
  }

  const request = signSimpleRequest(fixture, 'ed25519')

  it('is denied with any octet of method, target, authority, time, nonce or body changed', async () => {
    const parts = [
      [request.method, (method) => ({ ...request, method })],
      [request.target, (target) => ({ ...request, target })],
      [request.authority, (authority) => ({ ...request, authority })],
      [text(request, 'X-Timestamp'), (value) => withHeader(request, 'X-Timestamp', value)],
      [text(request, 'X-Nonce'), (value) => withHeader(request, 'X-Nonce', value)],
      [
        '{"name":"Bob"}',
        (value) => ({ ...request, body: { kind: 'bytes', bytes: Buffer.from(value, 'latin1') } }),
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
  })

  it('is denied with one octet put in or left out of what is signed', async () => {
    const octet = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
    const part = fc.constantFrom('method', 'target', 'authority', 'X-Timestamp', 'X-Nonce')
    await fc.assert(
      fc.asyncProperty(part, octet, fc.nat(), fc.boolean(), async (name, inserted, position, insert) => {
        const original = name.startsWith('X-')
          ? text(request, name)
          : request[name as 'method' | 'target' | 'authority']
        const at = position % original.length
        const value = insert
          ? original.slice(0, at) + inserted + original.slice(at)
          : original.slice(0, at) + original.slice(at + 1)
        const changed = name.startsWith('X-')
          ? withHeader(request, name, value)
          : { ...request, [name]: value }
        assert.notEqual(await judge(changed), 'ALLOW')
      }),
      { numRuns: 400 },
    )
  })

  it('made of arbitrary text is denied with a reason and never throws', async () => {
    const names = ['X-Client-Cert', 'X-Timestamp', 'X-Nonce', 'X-Signature', 'Content-Digest', 'x-other']
    const value = fc.oneof(
      fc.string({ maxLength: 40, unit: 'binary-ascii' }),
      fc.base64String({ maxLength: 80 }),
    )
    const field = fc.tuple(fc.constantFrom(...names), value).map(([name, octets]) => header(name, octets))
    await fc.assert(
      fc.asyncProperty(
        fc.array(field, { maxLength: 8 }),
        value,
        value,
        value,
        async (headers, method, target, authority) => {
          const reason = await judge({ ...request, headers, method, target, authority })
          assert.ok((DENY_REASONS as readonly string[]).includes(reason))
        },
      ),
      { numRuns: 400 },
    )
  })

  it('has another signature base for every other request', () => {
    const line = fc.string({ minLength: 1, maxLength: 12 }).filter((one) => !one.includes('\n'))
    const fields = fc.record({ method: line, target: line, authority: line.map((one) => one.toLowerCase()) })
    const input = fc.tuple(fields, fc.uint8Array({ minLength: 32, maxLength: 32 }), line, line)
    fc.assert(
      fc.property(input, input, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b)
        const equal = formatBase64(signatureBase(...a)) === formatBase64(signatureBase(...b))
        assert.equal(equal, same)
      }),
      { numRuns: 300 },
    )
  })
})

function text(request: HttpRequest, name: string): string {
  return Buffer.from(request.headers.find((field) => field.name === name)!.value).toString('latin1')
}
