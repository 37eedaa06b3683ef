import assert from 'node:assert/strict'
import { sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { decide } from '../../src/core/decision/decide.ts'
import { parseMessageSignature } from '../../src/core/request/rfc9421/message-profile.ts'
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

/** The request and the signature base of the section on RFC 9421. */
function readExample(): { readonly http: string; readonly base: string } {
  const section = read('../../docs/protocol.md').split('### An example')[1]!
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
  const { http, base } = readExample()
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
