import assert from 'node:assert/strict'
import { sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { decide } from '../../src/core/decision/decide.ts'
import { CHECK_NAMES } from '../../src/core/decision/decision.ts'
import { DENY_REASONS } from '../../src/core/decision/deny-reason.ts'
import { bodyDigest } from '../../src/core/request/body-digest.ts'
import { parseMessageSignature } from '../../src/core/request/rfc9421/message-profile.ts'
import { parseSimpleSignature, signatureBase } from '../../src/core/request/simple-profile.ts'
import {
  createDecisionContext,
  createDecisionFixture,
  createQuery,
  header,
} from '../support/decision-fixture.ts'
import { type DecisionSuite, readFixtureKeys } from '../support/decision-vector.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const suite = JSON.parse(read('../vectors/decision.json')) as DecisionSuite
const keys = readFixtureKeys(suite)

const DOCUMENT = read('../../docs/protocol.md')

/** The request and the signature base of one of the two examples. */
function readExample(profile: 'rfc9421' | 'simple'): { readonly http: string; readonly base: string } {
  const section = DOCUMENT.split('### An example')[profile === 'rfc9421' ? 1 : 2]!
  const block = (kind: string) => section.split(`\`\`\`${kind}\n`)[1]!.split('\n```')[0]!
  return { http: block('http'), base: block('text') }
}

function parseHttp(http: string) {
  const [head, body = ''] = http.split('\n\n')
  const [line, ...fields] = head!.split('\n')
  const [method = '', target = ''] = line!.split(' ')
  const headers = fields.map((field) => {
    const at = field.indexOf(': ')
    return header(field.slice(0, at), field.slice(at + 2))
  })
  const authority = Buffer.from(headers.find(({ name }) => name === 'Host')!.value).toString()
  return {
    method,
    target,
    authority,
    headers,
    body: { kind: 'bytes', bytes: Buffer.from(body) },
    bodyTruncated: false,
  } as const
}

describe('the example of RFC 9421 in docs/protocol.md', () => {
  const { http, base } = readExample('rfc9421')
  const request = parseHttp(http)

  it('has the signature base that is printed', () => {
    assert.equal(Buffer.from(parseMessageSignature(request, 'https').base).toString(), base)
  })

  it('carries the signature of the test key over it', () => {
    const signature = sign(null, Buffer.from(base), keys.ed25519).toString('base64')
    const field = request.headers.find(({ name }) => name === 'Signature')!
    assert.equal(Buffer.from(field.value).toString(), `sig=:${signature}:`)
  })

  it('is allowed', async () => {
    const context = createDecisionContext(createDecisionFixture(keys))
    const query = createQuery({ kind: 'rfc9421', scheme: 'https', request })
    assert.equal((await decide(query, context)).decision, 'ALLOW')
  })
})

describe('the example of the simple profile in docs/protocol.md', () => {
  const { http, base } = readExample('simple')
  const request = parseHttp(http)

  it('has the signature base that is printed', () => {
    const { timestamp, nonce } = parseSimpleSignature(request)
    const octets = signatureBase(request, bodyDigest(request.body), timestamp, nonce)
    assert.equal(Buffer.from(octets).toString(), base)
  })

  it('carries the signature of the test key over it', () => {
    const signature = sign(null, Buffer.from(base), keys.ed25519).toString('base64')
    const field = request.headers.find(({ name }) => name === 'X-Signature')!
    assert.equal(Buffer.from(field.value).toString(), signature)
  })

  it('is allowed', async () => {
    const context = createDecisionContext(createDecisionFixture(keys))
    assert.equal((await decide(createQuery({ kind: 'simple', request }), context)).decision, 'ALLOW')
  })
})

describe('the table of checks in docs/protocol.md', () => {
  const rows = Array.from(
    DOCUMENT.split('## Decisions')[1]!.matchAll(/^\| `([a-z.]+)` \| .* \| ([^|]*) \|$/gm),
    ([, check = '', reasons = '']) => ({ check, reasons: reasons.match(/[A-Z_]+/g) ?? [] }),
  )

  it('has every check in order', () => {
    assert.deepEqual(
      rows.map(({ check }) => check),
      CHECK_NAMES,
    )
  })

  it('has every reason in order', () => {
    assert.deepEqual(
      rows.flatMap(({ reasons }) => reasons),
      DENY_REASONS,
    )
  })
})
