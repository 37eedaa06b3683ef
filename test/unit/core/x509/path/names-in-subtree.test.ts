import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type SubtreeMatch, matchSubtree } from '../../../../../src/core/x509/path/names-in-subtree.ts'

type Row = readonly [name: string, subtree: string, expected: SubtreeMatch]

function check(type: 'dns' | 'email' | 'uri', rows: readonly Row[]) {
  for (const [name, subtree, expected] of rows) {
    assert.equal(
      matchSubtree({ type, value: name }, { type, value: subtree }),
      expected,
      `${name} in ${subtree}`,
    )
  }
}

describe('a DNS name', () => {
  it('is inside when labels are added on the left', () => {
    check('dns', [
      ['example.com', 'example.com', 'inside'],
      ['a.b.EXAMPLE.com', 'Example.COM', 'inside'],
      ['not-example.com', 'example.com', 'outside'],
      ['com', 'example.com', 'outside'],
      ['example.com.evil.org', 'example.com', 'outside'],
      ['anything.org', '', 'inside'],
    ])
  })

  it('with a wildcard is partly inside what the wildcard may stand for', () => {
    check('dns', [
      ['*.example.com', 'example.com', 'inside'],
      ['*.example.com', 'bar.example.com', 'partly'],
      ['*.example.com', 'a.bar.example.com', 'outside'],
      ['*.example.com', 'example.org', 'outside'],
      ['*.com', 'example.com', 'partly'],
    ])
  })

  it('that is none cannot be compared, nor can a subtree that is none', () => {
    check('dns', [
      ['.example.com', 'example.com', 'malformed'],
      ['foo.*.example.com', 'example.com', 'malformed'],
      ['a b.example.com', 'example.com', 'malformed'],
      ['*', 'example.com', 'malformed'],
      ['a..example.com', 'example.com', 'malformed'],
      [`${'a'.repeat(64)}.example.com`, 'example.com', 'malformed'],
      ['foo.example.com', '*.example.com', 'malformed'],
      ['foo.example.com', '.example.com', 'malformed'],
    ])
  })
})

describe('an e-mail address', () => {
  it('is inside a mailbox, a host or the hosts below a domain', () => {
    check('email', [
      ['foo@example.com', 'foo@example.com', 'inside'],
      ['foo@EXAMPLE.com', 'foo@example.COM', 'inside'],
      ['Foo@example.com', 'foo@example.com', 'outside'],
      ['foo@example.com', 'example.com', 'inside'],
      ['foo@mail.example.com', 'example.com', 'outside'],
      ['foo@mail.example.com', '.example.com', 'inside'],
      ['foo@example.com', '.example.com', 'outside'],
      ['foo@example.com', '', 'inside'],
    ])
  })

  it('that is none cannot be compared, nor can a subtree that is none', () => {
    check('email', [
      ['invalid@address@example.com', 'example.com', 'malformed'],
      ['example.com', 'example.com', 'malformed'],
      ['"a b"@example.com', 'example.com', 'malformed'],
      ['example@example.com', 'invalid@invalid@example.com', 'malformed'],
    ])
  })
})

describe('a URI', () => {
  it('is inside by its host', () => {
    check('uri', [
      ['http://a.example.com/x', '.example.com', 'inside'],
      ['http://example.com/x', '.example.com', 'outside'],
      ['http://example.com/x', 'example.com', 'inside'],
      ['http://a.example.com/x', 'example.com', 'outside'],
      ['ftp://example.com:21/x', 'example.com', 'inside'],
      ['https://example.com@evil.org/', 'example.com', 'outside'],
      ['https://evil.org/@example.com', 'example.com', 'outside'],
      ['https://evil.org#@example.com', 'example.com', 'outside'],
      ['spiffe://Example.com/client/alice', 'example.com', 'inside'],
    ])
  })

  it('without a host, or with an address for one, cannot be compared', () => {
    check('uri', [
      ['mailto:a@example.com', 'example.com', 'malformed'],
      ['urn:x:example.com', 'example.com', 'malformed'],
      ['http://10.0.0.1/', 'example.com', 'malformed'],
      ['http://[::1]/', 'example.com', 'malformed'],
      ['http:///x', 'example.com', 'malformed'],
    ])
  })
})

describe('an IP address', () => {
  const match = (address: readonly number[], range: readonly number[]) =>
    matchSubtree(
      { type: 'ip', value: Uint8Array.from(address) },
      { type: 'ip', value: Uint8Array.from(range) },
    )

  it('is inside by its prefix, within its family', () => {
    assert.equal(match([192, 0, 2, 7], [192, 0, 2, 0, 255, 255, 255, 0]), 'inside')
    assert.equal(match([192, 0, 3, 7], [192, 0, 2, 0, 255, 255, 255, 0]), 'outside')
    assert.equal(match([1, 2, 3, 4], [0, 0, 0, 0, 0, 0, 0, 0]), 'inside')
    assert.equal(match(Array<number>(16).fill(0), [0, 0, 0, 0, 0, 0, 0, 0]), 'outside')
  })
})
