import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseRequestLine } from '../../../src/identity/request-line.ts'

describe('the request line', () => {
  const cases: readonly (readonly [url: string, target: string, authority: string])[] = [
    ['https://bob.example', '/', 'bob.example'],
    ['https://Bob.Example:443/a', '/a', 'bob.example'],
    ['https://bob.example:8443/a?', '/a?', 'bob.example:8443'],
    ['http://bob.example:80/a?b=c&d#fragment', '/a?b=c&d', 'bob.example'],
    ['https://[::1]:9/a%2Fb', '/a%2Fb', '[::1]:9'],
  ]
  for (const [url, target, authority] of cases) {
    it(`takes ${url} apart as curl sends it`, () => {
      const line = parseRequestLine('GET', url)
      assert.deepEqual([line.target, line.authority], [target, authority])
    })
  }

  it('refuses a user name in the URL, and what is no URL', () => {
    for (const url of ['https://a@bob.example/', 'bob.example/users', 'file:///etc/passwd']) {
      assert.throws(() => parseRequestLine('GET', url), { fault: 'REQUEST_UNSENDABLE' })
    }
  })
})
