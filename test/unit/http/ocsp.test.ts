import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { OcspAnswer } from '../../../src/authority/answer-ocsp.ts'
import type { HttpQuestion } from '../../../src/http/answer.ts'
import { OCSP_ALLOWANCE, createOcspRoute, isOcspPath } from '../../../src/http/ocsp.ts'
import { httpQuestion } from '../../support/http-question.ts'

const NOW = new Date('2026-05-01T12:00:00Z')
const thisUpdate = new Date('2026-05-01T11:59:30Z')
const nextUpdate = new Date('2026-05-01T12:59:30Z')
const SHARED: OcspAnswer = { der: Buffer.from('signed'), shared: { thisUpdate, nextUpdate } }
const OWN: OcspAnswer = { der: Buffer.from('with a nonce') }

/** Octets whose base64 has `+`, `/` and padding. */
const REQUEST = Buffer.from('fbefbe3fffff00fb', 'hex')

function ask(question: Partial<HttpQuestion>, answer: OcspAnswer = SHARED, now = NOW) {
  const asked: Uint8Array[] = []
  const route = createOcspRoute(
    (der) => {
      asked.push(der)
      return Promise.resolve(answer)
    },
    { now: () => now },
  )
  const whole = httpQuestion({ path: '/ocsp', ...question })
  return Promise.resolve(route(whole)).then((got) => ({ ...got, asked }))
}

const post = { method: 'POST', contentType: 'application/ocsp-request', body: REQUEST }

describe('OCSP over HTTP', () => {
  it('takes a request as body, and no cache may keep the answer', async () => {
    for (const contentType of [
      'application/ocsp-request',
      'Application/OCSP-Request; charset=x',
      'application/ocsp-request ',
    ]) {
      const { status, headers, body, asked } = await ask({ ...post, contentType })
      assert.equal(status, 200)
      assert.equal(headers['content-type'], 'application/ocsp-response')
      assert.equal(headers['cache-control'], 'no-store')
      assert.equal(body, SHARED.der)
      assert.deepEqual(asked, [REQUEST])
    }
  })

  it('refuses a body of another content type without looking at it', async () => {
    for (const contentType of [
      undefined,
      '',
      'application/ocsp-requests',
      'text/plain',
      'application/json',
    ]) {
      const { status, asked } = await ask({ ...post, contentType })
      assert.equal(status, 415)
      assert.deepEqual(asked, [])
    }
  })

  it('takes a request in the path, however its base64 is escaped', async () => {
    const standard = REQUEST.toString('base64')
    assert.match(standard, /\+.*\/.*=/)
    for (const encoded of [
      standard,
      encodeURIComponent(standard),
      encodeURIComponent(standard).replaceAll('%2B', '%2b'),
      standard.replaceAll('=', ''),
      REQUEST.toString('base64url'),
    ]) {
      const path = `/ocsp/${encoded}`
      assert.ok(OCSP_ALLOWANCE.path.test(path))
      const { status, asked } = await ask({ path })
      assert.equal(status, 200, encoded)
      assert.deepEqual(
        asked.map((der) => Buffer.from(der).toString('hex')),
        [REQUEST.toString('hex')],
        encoded,
      )
    }
  })

  it('asks the responder about nothing where the path is no base64, and passes its refusal on', async () => {
    for (const encoded of ['%', '%zz', '%252B', 'a', 'ab=c', '====', 'A%00B', '%F0%9F%98%80', 'AB']) {
      const { asked } = await ask({ path: `/ocsp/${encoded}` })
      assert.deepEqual(
        asked.map(({ length }) => length),
        [0],
        encoded,
      )
    }
  })

  it('lets caches keep an answer for a minute and never past its end', async () => {
    const path = `/ocsp/${REQUEST.toString('base64url')}`
    const { status, headers } = await ask({ path })
    assert.equal(status, 200)
    assert.equal(headers['cache-control'], 'public, no-transform, must-revalidate, max-age=60')
    assert.equal(headers['last-modified'], 'Fri, 01 May 2026 11:59:30 GMT')
    assert.equal(headers['expires'], 'Fri, 01 May 2026 12:59:30 GMT')
    assert.match(headers['etag'] ?? '', /^"[\w-]{43}"$/)
    const late = await ask({ path }, SHARED, new Date(nextUpdate.getTime() - 20_000))
    assert.match(late.headers['cache-control'] ?? '', /max-age=20$/)
    const past = await ask({ path }, SHARED, new Date(nextUpdate.getTime() + 20_000))
    assert.match(past.headers['cache-control'] ?? '', /max-age=0$/)
  })

  it('answers 304 to a current copy', async () => {
    const path = `/ocsp/${REQUEST.toString('base64url')}`
    const { headers } = await ask({ path })
    const again = await ask({ path, ifNoneMatch: headers['etag'] ?? '' })
    assert.equal(again.status, 304)
    assert.equal(again.body, '')
    assert.equal(again.headers['cache-control'], headers['cache-control'])
    assert.equal((await ask({ path, ifNoneMatch: '"other"' })).status, 200)
  })

  it('never calls a copy current for its date: two answers can be of one second, and clocks are set back', async () => {
    const path = `/ocsp/${REQUEST.toString('base64url')}`
    const { headers } = await ask({ path })
    assert.equal((await ask({ path, ifModifiedSince: headers['last-modified'] ?? '' })).status, 200)
  })

  it('lets no cache keep what is for one client, or an error', async () => {
    const { status, headers } = await ask({ path: `/ocsp/${REQUEST.toString('base64url')}` }, OWN)
    assert.equal(status, 200)
    assert.deepEqual(headers, { 'content-type': 'application/ocsp-response', 'cache-control': 'no-store' })
  })

  it('refuses other methods, and says which it has', async () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      const { status, headers, asked } = await ask({ ...post, method })
      assert.equal(status, 405)
      assert.equal(headers['allow'], 'POST')
      assert.deepEqual(asked, [])
    }
    const { status, headers } = await ask({ ...post, path: '/ocsp/MAA' })
    assert.equal(status, 405)
    assert.equal(headers['allow'], 'GET, HEAD')
  })

  it('has no other paths', () => {
    assert.ok(isOcspPath('/ocsp') && isOcspPath('/ocsp/') && isOcspPath('/ocsp/MAA='))
    for (const path of ['/', '/ocspx', '/OCSP', '/crl/ocsp', '//ocsp/a']) assert.ok(!isOcspPath(path), path)
    for (const path of ['/ocsp/', '/ocsp/a?b', '/ocsp/a b', '/crl/%41.crl', '/ocsp/a\n', '/ocsp'])
      assert.ok(!OCSP_ALLOWANCE.path.test(path), path)
  })
})
