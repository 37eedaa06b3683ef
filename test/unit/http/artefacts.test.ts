import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { HttpAnswer } from '../../../src/http/answer.ts'
import { type ArtefactSource, createArtefactRoute } from '../../../src/http/artefacts.ts'
import { httpQuestion } from '../../support/http-question.ts'

const NOW = new Date('2026-05-01T12:00:00Z')
const crl = {
  der: Buffer.from('the list'),
  thisUpdate: new Date('2026-05-01T11:59:00Z'),
  nextUpdate: new Date('2026-05-02T12:00:00Z'),
  crlNumber: 17n,
}
const delta = { ...crl, der: Buffer.from('what changed'), crlNumber: 19n }
const shard = { ...crl, der: Buffer.from('a part'), crlNumber: 18n }
const root = { der: Buffer.alloc(100, 7), since: new Date('2026-01-01T00:00:00Z') }
const issuing = { der: Buffer.alloc(100, 8), since: new Date('2026-01-02T00:00:00Z') }

const jwks = Buffer.from('{"keys":[]}')
const metadata = Buffer.from('{"issuer":"https://pki.example"}')

const source: ArtefactSource = {
  crl: (id) => (id === 'issuing' ? crl : undefined),
  crlShard: (id, { count, index }) => (id === 'issuing' && count === 16 && index < 16 ? shard : undefined),
  deltaCrl: (id) => Promise.resolve(id === 'issuing' ? delta : undefined),
  certificate: (id) => ({ root, issuing })[id],
  bundle: () => [root],
  jwks: () => jwks,
  oauthMetadata: () => metadata,
}

async function ask(
  path: string,
  {
    method = 'GET',
    ifNoneMatch,
    ifModifiedSince,
    now = NOW,
    from = source,
  }: {
    method?: string
    ifNoneMatch?: string
    ifModifiedSince?: string
    now?: Date
    from?: ArtefactSource
  } = {},
): Promise<HttpAnswer> {
  return await createArtefactRoute(from, { now: () => now })(
    httpQuestion({ method, path, ifNoneMatch, ifModifiedSince }),
  )
}

describe('public artefacts', () => {
  it('serves a CRL as DER, to be kept for a minute, and until nextUpdate when we are down', async () => {
    const { status, headers, body } = await ask('/crl/issuing.crl')
    assert.equal(status, 200)
    assert.equal(body, crl.der)
    assert.equal(headers['content-type'], 'application/pkix-crl')
    assert.equal(headers['cache-control'], `public, max-age=60, stale-if-error=${86_400 - 60}`)
    assert.ok(!('last-modified' in headers))
    assert.equal(headers['x-crl-number'], '17')
  })

  it('serves the delta that the CRL is combined with in the same way', async () => {
    const { status, headers, body } = await ask('/crl/issuing.delta.crl')
    assert.deepEqual([status, body], [200, delta.der])
    assert.equal(headers['content-type'], 'application/pkix-crl')
    assert.equal(headers['cache-control'], `public, max-age=60, stale-if-error=${86_400 - 60}`)
    assert.equal(headers['x-crl-number'], '19')
    const etag = headers['etag'] ?? ''
    assert.notEqual(etag, (await ask('/crl/issuing.crl')).headers['etag'])
    assert.equal((await ask('/crl/issuing.delta.crl', { ifNoneMatch: etag })).status, 304)
    assert.equal((await ask('/crl/issuing.delta.crl', { method: 'HEAD' })).status, 200)
    assert.equal((await ask('/crl/issuing.delta.crl', { method: 'POST' })).status, 405)
    assert.equal((await ask('/crl/unknown.delta.crl')).status, 404)
  })

  it('serves the shards of a CRL in the same way, and none that there is not', async () => {
    const path = '/crl/issuing/shard/16-3.crl'
    const { status, headers, body } = await ask(path)
    assert.deepEqual([status, body], [200, shard.der])
    assert.equal(headers['content-type'], 'application/pkix-crl')
    assert.equal(headers['cache-control'], `public, max-age=60, stale-if-error=${86_400 - 60}`)
    assert.equal(headers['x-crl-number'], '18')
    const etag = headers['etag'] ?? ''
    assert.notEqual(etag, (await ask('/crl/issuing.crl')).headers['etag'])
    assert.equal((await ask(path, { ifNoneMatch: etag })).status, 304)
    assert.equal((await ask(path, { method: 'HEAD' })).status, 200)
    assert.equal((await ask(path, { method: 'POST' })).status, 405)
    for (const absent of ['issuing/shard/16-16', 'issuing/shard/8-3', 'unknown/shard/16-3'])
      assert.equal((await ask(`/crl/${absent}.crl`)).status, 404, absent)
  })

  it('says by name that a list is being made, and when to ask again, and lets no cache keep that', async () => {
    const from: ArtefactSource = {
      ...source,
      crl: () => 'being_made',
      crlShard: () => 'being_made',
      deltaCrl: () => Promise.resolve('being_made'),
    }
    for (const path of ['/crl/issuing.crl', '/crl/issuing.delta.crl', '/crl/issuing/shard/16-3.crl']) {
      const { status, headers, body } = await ask(path, { from, ifNoneMatch: '*' })
      assert.equal(status, 503)
      assert.equal(headers['retry-after'], '5')
      assert.equal(headers['cache-control'], 'no-store')
      assert.match(String(body), /^CRL_NOT_READY: /)
      assert.equal((await ask(path, { from, method: 'HEAD' })).status, 503)
      assert.equal((await ask(path, { from, method: 'POST' })).status, 405)
    }
  })

  it('never lets a cache keep a CRL past nextUpdate', async () => {
    const near = await ask('/crl/issuing.crl', { now: new Date(crl.nextUpdate.getTime() - 20_000) })
    assert.equal(near.headers['cache-control'], 'public, max-age=20, stale-if-error=0')
    const past = await ask('/crl/issuing.crl', { now: new Date(crl.nextUpdate.getTime() + 20_000) })
    assert.equal(past.headers['cache-control'], 'public, max-age=0, stale-if-error=0')
  })

  it('serves the keys of tokens as a JWK set, to be kept for five minutes, and for a day when we are down', async () => {
    const { status, headers, body } = await ask('/.well-known/jwks.json')
    assert.equal(status, 200)
    assert.equal(body, jwks)
    assert.ok(!('last-modified' in headers))
    assert.equal(headers['content-type'], 'application/jwk-set+json')
    assert.equal(headers['cache-control'], 'public, max-age=300, stale-if-error=86400')
    assert.equal((await ask('/.well-known/jwks.json', { ifNoneMatch: headers['etag']! })).status, 304)
  })

  it('serves the metadata of the authorization server where there is one', async () => {
    const path = '/.well-known/oauth-authorization-server'
    const { status, headers, body } = await ask(path)
    assert.equal(status, 200)
    assert.equal(body, metadata)
    assert.equal(headers['content-type'], 'application/json')
    assert.equal(headers['cache-control'], 'public, max-age=300')
    assert.equal((await ask(path, { from: { ...source, oauthMetadata: () => undefined } })).status, 404)
  })

  it('serves certificates as DER and PEM, and the roots as the bundle', async () => {
    assert.equal((await ask('/ca/issuing.crt')).body, issuing.der)
    const pem = (body: HttpAnswer['body']) => Buffer.from(body).toString()
    const issued = pem((await ask('/ca/issuing.pem')).body)
    assert.match(issued, /^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+\n-----END CERTIFICATE-----\n$/)
    assert.deepEqual(Buffer.from(issued.replace(/-----[^-]+-----|\n/g, ''), 'base64'), issuing.der)
    assert.equal(pem((await ask('/bundle.pem')).body), pem((await ask('/ca/root.pem')).body))
  })

  it('gives each content its own strong ETag', async () => {
    const tags = await Promise.all(
      ['/crl/issuing.crl', '/ca/root.crt', '/ca/root.pem', '/ca/issuing.crt'].map(
        async (path) => (await ask(path)).headers['etag'] ?? '',
      ),
    )
    assert.equal(new Set(tags).size, tags.length)
    assert.ok(tags.every((tag) => /^"[\w-]{43}"$/.test(tag)))
    const changed = { ...source, crl: () => ({ ...crl, der: Buffer.from('the next list') }) }
    assert.notEqual((await ask('/crl/issuing.crl', { from: changed })).headers['etag'], tags[0])
  })

  it('answers 304 to a current copy, with its validators and without a body', async () => {
    const { headers } = await ask('/crl/issuing.crl')
    const etag = headers['etag'] ?? ''
    for (const ifNoneMatch of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await ask('/crl/issuing.crl', { ifNoneMatch })
      assert.equal(answer.status, 304, ifNoneMatch)
      assert.equal(answer.headers['etag'], etag)
      assert.equal(answer.headers['cache-control'], headers['cache-control'])
      assert.equal(answer.body, '')
    }
  })

  it('goes by the date of a copy where the date tells one from the other', async () => {
    const { headers } = await ask('/ca/issuing.crt')
    const since = headers['last-modified'] ?? ''
    assert.equal((await ask('/ca/issuing.crt', { ifModifiedSince: since })).status, 304)
    assert.equal((await ask('/ca/issuing.crt', { ifModifiedSince: 'yesterday' })).status, 200)
  })

  it('never calls a copy of a list current for its date: two lists can be of one second, and clocks are set back', async () => {
    for (const path of ['/crl/issuing.crl', '/crl/issuing.delta.crl', '/crl/issuing/shard/16-3.crl'])
      assert.equal((await ask(path, { ifModifiedSince: crl.thisUpdate.toUTCString() })).status, 200)
  })

  it('answers 200 to a stale copy, and lets If-None-Match win over If-Modified-Since', async () => {
    for (const given of [
      { ifNoneMatch: '"other"' },
      { ifNoneMatch: '"other"', ifModifiedSince: 'Fri, 01 May 2026 11:59:00 GMT' },
    ]) {
      assert.equal((await ask('/crl/issuing.crl', given)).status, 200, JSON.stringify(given))
    }
  })

  it('finds nothing under any other name, and asks the source for clean names only', async () => {
    const asked: string[] = []
    const spy: ArtefactSource = {
      crl: (id) => void asked.push(id),
      crlShard: (id) => void asked.push(id),
      deltaCrl: (id) => Promise.resolve(void asked.push(id)),
      certificate: (id) => void asked.push(id),
      bundle: () => [],
      jwks: () => jwks,
      oauthMetadata: () => undefined,
    }
    for (const path of [
      ...[
        '/',
        '/crl/',
        '/crl/.crl',
        '/crl/../keys/root.crl',
        '/crl/..%2fkeys.crl',
        '/crl/issuing.crl/',
        '//crl/a.crl',
      ],
      ...[
        '/CRL/issuing.crl',
        '/crl/Issuing.crl',
        '/crl/issuing.CRL',
        `/crl/${'a'.repeat(65)}.crl`,
        '/ca/root.key',
      ],
      ...[
        '/ca/issuing',
        '/bundle.pem',
        '/crl/.delta.crl',
        '/crl/issuing.delta.delta.crl',
        '/crl/issuing.crl\n',
        '/crl/a/b.crl',
        '/crl/a/shard/16-3.delta.crl',
        '/crl/a/shard/16-03.crl',
        '/crl/a/shard/016-3.crl',
        '/crl/a/shard/0-0.crl',
        '/crl/a/shard/16--3.crl',
        '/crl/a/shard/1024-1.crl',
        '/crl/a/shard/16-3.crl/',
        '/crl/a/shard/3.crl',
        '/ca/__proto__.crt',
      ],
    ]) {
      assert.equal((await ask(path, { from: spy })).status, 404, path)
    }
    assert.deepEqual(asked, [])
    assert.equal((await ask('/crl/unknown.crl')).status, 404)
  })

  it('refuses other methods on what there is, and says which it has', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']) {
      const answer = await ask('/crl/issuing.crl', { method })
      assert.equal(answer.status, 405)
      assert.equal(answer.headers['allow'], 'GET, HEAD')
    }
  })
})
