import assert from 'node:assert/strict'
import { type Socket, connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { createArtefactRoute } from '../../src/http/artefacts.ts'
import { type HttpListener, createHttpListener } from '../../src/http/listener.ts'

const crl = {
  der: Buffer.alloc(200_000, 0x30),
  thisUpdate: new Date('2026-05-01T12:00:00Z'),
  nextUpdate: new Date('2026-05-02T12:00:00Z'),
  crlNumber: 1n,
}

describe('the HTTP listener', () => {
  const logged: string[] = []
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (_: unknown, text: string) => logged.push(text),
  }
  let listener: HttpListener
  let port: number

  before(async () => {
    const artefacts = createArtefactRoute(
      {
        crl: (id) => (id === 'issuing' ? crl : undefined),
        crlShard: () => undefined,
        deltaCrl: () => Promise.resolve(undefined),
        certificate: () => undefined,
        bundle: () => [],
        jwks: () => Buffer.from('{}'),
        oauthMetadata: () => undefined,
      },
      { now: () => new Date('2026-05-01T12:00:00Z') },
    )
    listener = createHttpListener(
      (question) => {
        if (question.path === '/broken') throw new Error('stack of /secret/place')
        if (question.path === '/body')
          return { status: 200, headers: {}, body: `${question.contentType}:${question.body.length}` }
        if (question.path.startsWith('/b64/')) return { status: 200, headers: {}, body: question.path }
        return artefacts(question)
      },
      log,
      { path: /^\/b64\/[A-Za-z0-9%+=]+$/, body: { paths: ['/body'], maxBytes: 1000 } },
    )
    port = (await listener.bind({ host: '127.0.0.1', port: 0 })).port
  })
  after(() => listener.close(0))

  const url = (path: string) => `http://127.0.0.1:${port}${path}`

  /** Sends these very octets and returns all that comes back. */
  function raw(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket: Socket = connect(port, '127.0.0.1', () => socket.write(text))
      let answer = ''
      socket.on('data', (data) => (answer += data.toString('latin1')))
      socket.on('close', () => {
        resolve(answer)
      })
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ECONNRESET') reject(error)
      })
    })
  }
  const get = (target: string, headers = '') =>
    raw(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`)
  const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])

  it('serves GET and HEAD with the same headers', async () => {
    const got = await fetch(url('/crl/issuing.crl'))
    const head = await fetch(url('/crl/issuing.crl'), { method: 'HEAD' })
    assert.equal((await got.arrayBuffer()).byteLength, crl.der.length)
    assert.equal((await head.arrayBuffer()).byteLength, 0)
    for (const name of ['content-length', 'content-type', 'etag', 'cache-control']) {
      assert.equal(head.headers.get(name), got.headers.get(name), name)
    }
    assert.equal(got.headers.get('content-length'), String(crl.der.length))
    assert.equal(got.headers.get('x-content-type-options'), 'nosniff')
  })

  it('answers 304 over the wire', async () => {
    const first = await fetch(url('/crl/issuing.crl'))
    await first.arrayBuffer()
    const second = await fetch(url('/crl/issuing.crl'), {
      headers: { 'if-none-match': first.headers.get('etag') ?? '' },
    })
    assert.equal(second.status, 304)
    assert.equal((await second.arrayBuffer()).byteLength, 0)
  })

  it('takes a target in absolute form', async () => {
    assert.equal(statusOf(await get('http://any.example/crl/issuing.crl')), 200)
  })

  it('refuses what no artefact is called: escapes, queries, traversal, odd characters', async () => {
    for (const target of [
      '/crl/%69ssuing.crl',
      '/crl/issuing.crl?x=1',
      '/..\\x',
      '/crl/a;b.crl',
      '*',
      '/%00',
    ]) {
      assert.equal(statusOf(await get(target)), 400, target)
    }
    for (const target of ['/../../etc/passwd', '/crl/../../x.crl', '/crl/..crl']) {
      assert.equal(statusOf(await get(target)), 404, target)
    }
  })

  it('refuses long URLs and large headers', async () => {
    assert.equal(statusOf(await get(`/${'a'.repeat(2000)}`)), 414)
    assert.equal(statusOf(await get('/', `X-Big: ${'a'.repeat(10_000)}\r\n`)), 431)
  })

  it('refuses bodies and closes the connection', async () => {
    const answer = await raw('GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n')
    assert.equal(statusOf(answer), 400)
    assert.match(answer, /connection: close/i)
  })

  it('reads a body where one is allowed, whole, with its length or in chunks', async () => {
    const post = (body: string | Buffer<ArrayBuffer>) =>
      fetch(url('/body'), { method: 'POST', body, headers: { 'content-type': 'a/b' } })
    assert.equal(await (await post(Buffer.alloc(1000))).text(), 'a/b:1000')
    assert.equal(await (await post('')).text(), 'a/b:0')
    const chunked =
      'POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n'
    const chunk = `c8\r\n${'x'.repeat(200)}\r\n`
    assert.match(await raw(`${chunked}${chunk.repeat(5)}0\r\n\r\n`), /undefined:1000$/)
    assert.equal(statusOf(await raw(`${chunked}${chunk.repeat(6)}0\r\n\r\n`)), 413)
  })

  it('refuses a body that is too large before it has come, and closes the connection', async () => {
    const answer = await raw('POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n')
    assert.equal(statusOf(answer), 413)
    assert.match(answer, /connection: close/i)
  })

  it('lets escapes through on the paths that have them, undecoded, and no queries there either', async () => {
    assert.match(await get('/b64/a%2Fb+c='), /\/b64\/a%2Fb\+c=$/)
    for (const target of ['/b64/a?x', '/b64/a;b', '/b64/%'.repeat(2)])
      assert.equal(statusOf(await get(target)), 400, target)
  })

  it('refuses what is not HTTP or smuggles', async () => {
    for (const text of [
      'nonsense\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ]) {
      assert.equal(statusOf(await raw(text)), 400, JSON.stringify(text))
    }
  })

  it('answers 500 without a word of the cause, which goes to the log', async () => {
    const answer = await fetch(url('/broken'))
    assert.equal(answer.status, 500)
    assert.doesNotMatch(await answer.text(), /secret|stack|Error/)
    assert.equal(logged.length, 1)
  })

  it('stops: closes what is idle and takes nothing more', async () => {
    const second = createHttpListener(() => ({ status: 200, headers: {}, body: 'x' }), log)
    const { port: secondPort } = await second.bind({ host: '127.0.0.1', port: 0 })
    await (await fetch(`http://127.0.0.1:${secondPort}/`)).text()
    await second.close(1000)
    await assert.rejects(fetch(`http://127.0.0.1:${secondPort}/`))
  })

  it('rejects when the port is taken', async () => {
    const second = createHttpListener(() => ({ status: 200, headers: {}, body: 'x' }), log)
    await assert.rejects(second.bind({ host: '127.0.0.1', port }), { code: 'EADDRINUSE' })
  })
})
