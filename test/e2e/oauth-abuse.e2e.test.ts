import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, request as httpsRequest } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { type ConnectionOptions, type TLSSocket, connect } from 'node:tls'
import {
  AuthorizationServiceService as Authorization,
  RevokeCertificateRequest,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { ClientServiceService } from '../../src/gen/chancery/v1/client_service.ts'
import { MAX_OAUTH_IN_FLIGHT } from '../../src/core/token-limits.ts'
import { postForm, tokenEndpoint, withAssertion } from '../support/oauth-client.ts'
import { type RunningService, call, startRunningService } from '../support/running-service.ts'

type Enrolled = Awaited<ReturnType<RunningService['enrol']>>

const PATHS = ['/oauth2/token', '/oauth2/revoke', '/oauth2/introspect'] as const
const HEAD = 'POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n'

describe('who attacks the OAuth listener', () => {
  let running: RunningService
  let alice: Enrolled

  before(async () => {
    running = await startRunningService({ CHANCERY_OAUTH: '127.0.0.1:0' })
    alice = await running.enrol('alice', ['bob.user.read'])
  })
  after(() => running.close())

  /** Answers so far, by endpoint, word and reason. */
  async function counts(): Promise<ReadonlyMap<string, number>> {
    const metrics = await (await fetch(`http://${running.service.adminAddress}/metrics`)).text()
    const lines = metrics.matchAll(/^chancery_oauth_answers_total\{(.*)\} (\d+)$/gm)
    return new Map([...lines].map(([, labels, count]) => [labels!, Number(count)]))
  }

  /** Why the one request was refused, which the service does not tell its sender. */
  async function reasonOf(ask: () => Promise<{ readonly status: number }>): Promise<string> {
    const before = await counts()
    const { status } = await ask()
    assert.ok(status >= 400)
    const [changed, ...others] = [...(await counts())].filter(
      ([labels, n]) => n !== (before.get(labels) ?? 0),
    )
    assert.deepEqual(others, [])
    return /reason="(\w*)"/.exec(changed?.[0] ?? '')?.[1] ?? 'none'
  }

  /** An assertion as it may be shown to any of the endpoints. */
  const asserted = (client: Enrolled, clientId: string, claims: Readonly<Record<string, unknown>> = {}) => ({
    ...withAssertion(running, clientId, client, { claims }),
    token: 'x',
  })

  it('replays an assertion at any endpoint, also after a restart: NONCE_REPLAYED', async () => {
    const form = asserted(alice, 'alice', { aud: 'spiffe://chancery.example' })
    assert.equal((await postForm(running, form)).status, 200)
    for (const path of PATHS)
      assert.equal(await reasonOf(() => postForm(running, form, { path })), 'NONCE_REPLAYED', path)
    await running.restart()
    for (const path of PATHS)
      assert.equal(await reasonOf(() => postForm(running, form, { path })), 'NONCE_REPLAYED', path)
  })

  it('sends one assertion many times at once: it is good once', async () => {
    const form = asserted(alice, 'alice')
    const answers = await Promise.all(Array.from({ length: 20 }, () => postForm(running, form)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [
      200,
      ...Array.from({ length: 19 }, () => 400),
    ])
  })

  it('shows an assertion that is for somebody else, or for nearly this service: AUDIENCE_MISMATCH', async () => {
    const endpoint = tokenEndpoint(running)
    for (const aud of [
      'https://other.example/oauth2/token',
      [endpoint, 'https://other.example'],
      endpoint.replace('/token', '/revoke'),
      endpoint.replace('https:', 'http:'),
      endpoint.toUpperCase(),
      `${endpoint}?`,
      'spiffe://chancery.example/bob',
    ])
      for (const path of PATHS) {
        const reason = await reasonOf(() => postForm(running, asserted(alice, 'alice', { aud }), { path }))
        assert.equal(reason, 'AUDIENCE_MISMATCH', `${String(aud)} at ${path}`)
      }
  })

  it('uses a key whose certificate is revoked, or whose client is locked or removed: refused at each endpoint by its reason', async () => {
    const { admin } = running
    const revoke = ({ issued }: Enrolled) =>
      call(
        running,
        admin,
        Authorization.revokeCertificate,
        RevokeCertificateRequest.fromPartial({
          target: { $case: 'certificateDer', value: issued.certificateDer },
        }),
      )
    const ends = {
      stolen: revoke,
      closed: () =>
        call(running, admin, ClientServiceService.lockClient, { clientId: 'closed', message: '' }),
      gone: () =>
        call(running, admin, ClientServiceService.removeClient, {
          clientId: 'gone',
          etag: '',
          dryRun: false,
        }),
    }
    for (const [clientId, end] of Object.entries(ends)) {
      const client = await running.enrol(clientId, ['bob.user.read', 'chancery.requests.verify'])
      // Signed before, as by who had the key then.
      const forms = PATHS.map(() => asserted(client, clientId))
      await end(client)
      for (const [i, path] of PATHS.entries()) {
        const byAssertion = await reasonOf(() => postForm(running, forms[i]!, { path }))
        const shown = { grant_type: 'client_credentials', client_id: clientId, token: 'x' }
        const byCertificate = await reasonOf(() => postForm(running, shown, { path, shown: client }))
        assert.deepEqual(
          [byAssertion, byCertificate],
          ['CERTIFICATE_REVOKED', 'CERTIFICATE_REVOKED'],
          clientId,
        )
      }
    }
  })

  it('goes on over a connection that was opened before the certificate was revoked: CERTIFICATE_REVOKED', async () => {
    const dave = await running.enrol('dave', ['bob.user.read'])
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const sockets = new Set<unknown>()
    const ask = async () => {
      const sent = httpsRequest(`https://${running.service.oauthAddress!}/oauth2/token`, {
        method: 'POST',
        agent,
        ca: running.caPem,
        servername: 'localhost',
        key: dave.keyPem,
        cert: dave.certificatePem,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
      sent.end('grant_type=client_credentials&client_id=dave')
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      sockets.add(response.socket)
      response.resume()
      await once(response, 'end')
      return { status: response.statusCode! }
    }
    try {
      assert.equal((await ask()).status, 200)
      await call(
        running,
        running.admin,
        Authorization.revokeCertificate,
        RevokeCertificateRequest.fromPartial({
          target: { $case: 'certificateDer', value: dave.issued.certificateDer },
        }),
      )
      assert.equal(await reasonOf(ask), 'CERTIFICATE_REVOKED')
      assert.equal(sockets.size, 1)
    } finally {
      agent.destroy()
    }
  })

  it('says a parameter twice, in one way of writing or two: REQUEST_INVALID, before anybody is asked who it is', async () => {
    const good = new URLSearchParams(asserted(alice, 'alice')).toString()
    for (const [name, text] of [
      ['client_assertion', `${good}&client_assertion=x`],
      ['client_id', `${good}&client_id=alice&client%5Fid=bob`],
      ['grant_type', `${good}&grant_type=`],
      ['token', `${good}&token=y`],
      ['scope', `${good}&scope=a.b&scope=c.d`],
    ] as const)
      for (const path of PATHS)
        assert.equal(await reasonOf(() => postForm(running, text, { path })), 'REQUEST_INVALID', name)
    // The assertion was not used up by any of them.
    assert.equal((await postForm(running, good)).status, 200)
  })

  it('has a browser with a certificate in it send the request from a web page: REQUEST_INVALID', async () => {
    const form = { grant_type: 'client_credentials', client_id: 'alice', token: 'x' }
    for (const origin of ['https://evil.example', 'null', new URL(tokenEndpoint(running)).origin])
      for (const path of PATHS) {
        const ask = () => postForm(running, form, { path, shown: alice, headers: { origin } })
        assert.equal(await reasonOf(ask), 'REQUEST_INVALID', `${origin} at ${path}`)
      }
  })

  it('sends headers without end: 431 or cut off, and none of it is worked on', async () => {
    const before = await counts()
    for (const header of [`X-Long: ${'a'.repeat(9_000)}`, 'X-Many: a\r\n'.repeat(2_000).trimEnd()]) {
      const answer = await raw(`${HEAD}${header}\r\nContent-Length: 0\r\n\r\n`)
      assert.match(answer, /^(HTTP\/1\.1 431|$)/)
    }
    assert.deepEqual(await counts(), before)
  })

  it('sends a body without end, with its length or in chunks: 413, and it is not read', async () => {
    for (const path of PATHS)
      assert.equal((await postForm(running, `grant_type=${'a'.repeat(70_000)}`, { path })).status, 413)
    const chunked = await raw(`${HEAD}Transfer-Encoding: chunked\r\n\r\n11170\r\n${'a'.repeat(70_000)}\r\n`)
    assert.match(chunked, /^HTTP\/1\.1 413/)
  })

  it('smuggles a second request in the body of the first: refused, and never answered', async () => {
    const second = 'GET /.well-known/jwks.json HTTP/1.1\r\nHost: x\r\n\r\n'
    for (const framing of [
      'Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'Content-Length: 0\r\nContent-Length: 50\r\n\r\n',
      'Transfer-Encoding: xchunked\r\n\r\n',
      'Content-Length : 0\r\n\r\n',
    ]) {
      const answer = await raw(`${HEAD}${framing}${second}`)
      assert.match(answer, /^HTTP\/1\.1 400/, framing)
      assert.ok(!answer.includes('"keys"'), framing)
    }
  })

  it('resumes the session of a connection: there are none to resume', async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const tls = { maxVersion, key: alice.keyPem, cert: alice.certificatePem }
      const first = await open(tls)
      first.write('GET /.well-known/jwks.json HTTP/1.1\r\nHost: x\r\n\r\n')
      await once(first, 'data')
      const session = first.getSession()
      first.destroy()
      const second = await open({ ...tls, ...(session && { session }) })
      assert.equal(second.isSessionReused(), false, maxVersion)
      second.destroy()
    }
  })

  it('holds up more connections with half a request than are worked on at once: others get their tokens, and the slow are cut off', async () => {
    const half = Array.from({ length: MAX_OAUTH_IN_FLIGHT + 40 }, (_, i) =>
      // A body that does not come, or a header that does not end.
      raw(i % 2 === 0 ? `${HEAD}Content-Length: 100\r\n\r\ngrant_type=` : HEAD),
    )
    const sent = Promise.all(half)
    for (let round = 0; round < 5; round++)
      assert.equal((await postForm(running, withAssertion(running, 'alice', alice))).status, 200)
    // The times that a header and a request may take, and not a moment that the test chose, end these.
    for (const answer of await sent) assert.match(answer, /^HTTP\/1\.1 408/)
  })

  function open(options: ConnectionOptions = {}): Promise<TLSSocket> {
    const [host, port] = running.service.oauthAddress!.split(':') as [string, string]
    return new Promise((resolve, reject) => {
      const target = { host, port: Number(port), ca: running.caPem, servername: 'localhost', ...options }
      const socket: TLSSocket = connect(target, () => resolve(socket))
      socket.once('error', reject)
    })
  }

  /** Sends these very octets and returns all that comes back until the service closes. */
  async function raw(text: string): Promise<string> {
    const socket = await open()
    let answer = ''
    socket.on('data', (data: Buffer) => (answer += data.toString('latin1')))
    // Who is still sending when the connection is cut may not get to read the answer.
    socket.on('error', () => undefined)
    return new Promise((resolve) => {
      socket.once('close', () => resolve(answer))
      socket.write(text)
    })
  }
})
