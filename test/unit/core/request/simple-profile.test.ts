import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { sha256 } from '../../../../src/core/crypto.ts'
import type { HttpRequest } from '../../../../src/core/request/http-request.ts'
import { parseSimpleSignature, signatureBase } from '../../../../src/core/request/simple-profile.ts'
import { assertDefect } from '../../../support/defect.ts'
import { header } from '../../../support/decision-fixture.ts'

const GOOD: HttpRequest = {
  method: 'GET',
  target: '/users/7?full=1',
  authority: 'bob.example',
  headers: [
    header('x-client-cert', 'AAEC'),
    header('x-timestamp', '1780315200'),
    header('x-nonce', 'abcdefghijklmnop'),
    header('x-signature', 'AwQF'),
  ],
  body: { kind: 'absent' },
  bodyTruncated: false,
}

function replacing(name: string, ...values: readonly string[]): HttpRequest {
  const others = GOOD.headers.filter((field) => field.name !== name)
  return { ...GOOD, headers: [...others, ...values.map((value) => header(name, value))] }
}

describe('signatureBase', () => {
  it('is six lines without a line feed at the end, the authority in lower case', () => {
    const base = signatureBase(
      { method: 'POST', target: '/Users?Q=%2F', authority: 'Bob.Example:8443' },
      sha256(Buffer.from('abc')),
      '1780315200',
      'abcdefghijklmnop',
    )
    assert.equal(
      Buffer.from(base).toString('latin1'),
      'POST\n/Users?Q=%2F\nbob.example:8443\n' +
        'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n1780315200\nabcdefghijklmnop',
    )
  })

  it('takes no body for an empty one', () => {
    const empty = createHash('sha256').digest()
    assert.equal(empty.toString('hex').slice(0, 8), 'e3b0c442')
    const base = signatureBase(GOOD, empty, '0', 'n')
    assert.ok(
      Buffer.from(base)
        .toString('latin1')
        .includes(`\n${empty.toString('hex')}\n`),
    )
  })
})

describe('parseSimpleSignature', () => {
  it('reads the four headers', () => {
    const parsed = parseSimpleSignature(GOOD)
    assert.deepEqual(parsed, {
      chain: [Uint8Array.of(0, 1, 2)],
      signedAt: new Date('2026-06-01T12:00:00Z'),
      timestamp: '1780315200',
      nonce: 'abcdefghijklmnop',
      signature: Uint8Array.of(3, 4, 5),
      namedDigests: { sha256: undefined, contentDigest: undefined },
    })
  })

  it('reads a chain with white space around its commas', () => {
    const { chain } = parseSimpleSignature(replacing('x-client-cert', 'AAEC ,\tAwQF'))
    assert.deepEqual(chain, [Uint8Array.of(0, 1, 2), Uint8Array.of(3, 4, 5)])
  })

  it('finds each header that is missing', () => {
    for (const { name } of GOOD.headers) {
      assertDefect('credential.header_missing', () => parseSimpleSignature(replacing(name)))
    }
  })

  it('refuses a repeated header, whatever its values', () => {
    for (const { name } of GOOD.headers) {
      assertDefect('credential.header_repeated', () => parseSimpleSignature(replacing(name, 'AAEC', 'AAEC')))
    }
    assertDefect('credential.header_repeated', () =>
      parseSimpleSignature(replacing('x-content-sha256', 'a'.repeat(64), 'a'.repeat(64))),
    )
  })

  it('refuses certificates that are not base64', () => {
    for (const value of ['', 'AAE', 'AA-_', 'AAEC,', ',AAEC', 'AAEC AAEC', ' AAEC', 'AAF=', 'AAEC\u00a0']) {
      assertDefect('credential.base64', () => parseSimpleSignature(replacing('x-client-cert', value)))
    }
  })

  it('refuses more than eight certificates', () => {
    const chain = (length: number) => Array.from({ length }, () => 'AAEC').join(',')
    assert.equal(parseSimpleSignature(replacing('x-client-cert', chain(8))).chain.length, 8)
    assertDefect('credential.chain_too_long', () =>
      parseSimpleSignature(replacing('x-client-cert', chain(9))),
    )
  })

  it('refuses a request line that HTTP does not allow', () => {
    const bad = (change: Partial<HttpRequest>) => () => parseSimpleSignature({ ...GOOD, ...change })
    for (const method of ['', 'GET\n', 'G T', 'GET:', 'GÉT'])
      assertDefect('credential.method', bad({ method }))
    for (const target of ['', '/a b', '/a\n', '/a\x7f', '/ä'])
      assertDefect('credential.target', bad({ target }))
    for (const authority of ['', 'a@b', 'a/b', 'a b', 'a\n', 'ä.example', 'a\\b', 'a?b', 'a#b']) {
      assertDefect('credential.authority', bad({ authority }))
    }
  })

  it('takes an IPv6 authority, a percent-encoded one and any target of visible characters', () => {
    parseSimpleSignature({ ...GOOD, authority: '[::1]:8443', target: '*' })
    parseSimpleSignature({ ...GOOD, authority: 'caf%C3%A9.example', target: 'http://bob.example/a#b' })
  })

  it('reads the digests that headers name', () => {
    const digest = sha256(Buffer.from('abc'))
    const both = {
      ...GOOD,
      headers: [
        ...GOOD.headers,
        header('Content-Digest', `md5=:AAAA:`),
        header('content-digest', `sha-256=:${Buffer.from(digest).toString('base64')}:`),
        header('X-Content-SHA256', Buffer.from(digest).toString('hex')),
      ],
    }
    const { sha256: hex, contentDigest } = parseSimpleSignature(both).namedDigests
    assert.deepEqual(Buffer.from(hex!), Buffer.from(digest))
    assert.deepEqual(Buffer.from(contentDigest!.sha256!), Buffer.from(digest))
    assert.equal(contentDigest!.sha512, undefined)
  })

  it('refuses a Content-Digest that is not a list of byte sequences', () => {
    const digest = Buffer.alloc(32).toString('base64')
    for (const value of [
      '',
      'sha-256',
      `sha-256=${digest}`,
      `SHA-256=:${digest}:`,
      `sha-256=:${digest}:;a=1`,
      `sha-256=:${digest}:,`,
      `sha-256=:${digest}:,sha-256=:${digest}:`,
      'sha-256=:AAAA:',
      'sha-256=:AAB=:',
    ]) {
      assertDefect('credential.content_digest', () =>
        parseSimpleSignature(replacing('content-digest', value)),
      )
    }
  })
})
