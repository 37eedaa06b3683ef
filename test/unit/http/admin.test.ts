import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createAdminRoute } from '../../../src/http/admin.ts'
import { httpQuestion } from '../../support/http-question.ts'

function ask(path: string, serving = true, method = 'GET') {
  const route = createAdminRoute({
    health: () => ({ serving, checks: { store: serving, crl: true } }),
    metrics: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'a 1\n' }),
  })
  return route(httpQuestion({ method, path }))
}

describe('the admin endpoints', () => {
  it('say alive as long as the process answers, ready or not', async () => {
    assert.equal((await ask('/livez', false)).status, 200)
  })

  it('say which check keeps the service from being ready', async () => {
    assert.equal((await ask('/readyz')).status, 200)
    const answer = await ask('/readyz', false)
    assert.equal(answer.status, 503)
    assert.deepEqual(JSON.parse(answer.body as string), {
      serving: false,
      checks: { store: false, crl: true },
    })
  })

  it('serve metrics in the format they say', async () => {
    const answer = await ask('/metrics')
    assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4')
    assert.equal(answer.body, 'a 1\n')
  })

  it('have nothing else, and read only', async () => {
    assert.equal((await ask('/')).status, 404)
    assert.equal((await ask('/metrics/')).status, 404)
    assert.equal((await ask('/readyz', true, 'POST')).status, 405)
  })
})
