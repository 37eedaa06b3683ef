import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hash, sha256 } from '../../../../src/core/crypto.ts'
import { matchesContentDigest, parseContentDigest } from '../../../../src/core/request/content-digest.ts'
import type { RequestBody } from '../../../../src/core/request/http-request.ts'
import { assertDefect } from '../../../support/defect.ts'

const BODY = Buffer.from('{"hello": "world"}')
const SHA256 = `sha-256=:${Buffer.from(sha256(BODY)).toString('base64')}:`
const SHA512 = `sha-512=:${Buffer.from(hash('sha512', BODY)).toString('base64')}:`
const WRONG256 = `sha-256=:${Buffer.alloc(32).toString('base64')}:`
const WRONG512 = `sha-512=:${Buffer.alloc(64).toString('base64')}:`
const WHOLE: RequestBody = { kind: 'bytes', bytes: BODY }

function matches(lines: string | readonly string[], body = WHOLE): boolean {
  const digest =
    body.kind === 'sha256' ? body.digest : sha256(body.kind === 'bytes' ? body.bytes : Buffer.of())
  return matchesContentDigest(body, digest, parseContentDigest([lines].flat()))
}

describe('Content-Digest', () => {
  it('is what RFC 9530 has in its first example', () => {
    assert.equal(SHA256, 'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:')
  })

  it('holds if each digest that can be checked is that of the body', () => {
    assert.ok(matches(SHA256))
    assert.ok(matches(SHA512))
    assert.ok(matches([SHA256, `${SHA512}, md5=:AAAA:`]))
    assert.equal(matches(WRONG256), false)
    assert.equal(matches(WRONG512), false)
    assert.equal(matches(`${SHA256}, ${WRONG512}`), false)
    assert.equal(matches(`${WRONG256}, ${SHA512}`), false)
    assert.equal(matches(SHA256, { kind: 'absent' }), false)
    assert.equal(matches(SHA512, { kind: 'absent' }), false)
  })

  it('does not hold if there is nothing in it that can be checked', () => {
    assert.equal(matches('md5=:AAAA:'), false)
    const digest: RequestBody = { kind: 'sha256', digest: sha256(BODY) }
    assert.equal(matches(SHA512, digest), false)
    assert.ok(matches(`${SHA256}, ${WRONG512}`, digest))
  })

  it('is refused if it is not byte sequences of the right length, each once', () => {
    for (const text of [
      '',
      'sha-256',
      'sha-256=a',
      'sha-256=(:AAAA:)',
      'sha-256=:AAAA:',
      'sha-512=:AAAA:',
      'SHA-256=:AAAA:',
      `${SHA256};a`,
      `${SHA256},`,
      `${SHA256}, ${SHA256}`,
      `${SHA256}, md5=1`,
    ])
      assertDefect('credential.content_digest', () => parseContentDigest([text]))
  })
})
