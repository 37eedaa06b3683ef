import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { Readable } from 'node:stream'
import { after, before, beforeEach, describe, it } from 'node:test'
import axios from 'axios'
import got from 'got'
import { Agent, fetch as undiciFetch, request as undiciRequest } from 'undici'
import { type Authorized, type OutgoingRequest, type RequestAuthorizer, UNREAD } from '../src/authorizer.ts'
import { authorizeAxios } from '../src/adapters/axios.ts'
import { type Fetch, authorizeRequest, chanceryFetch } from '../src/adapters/fetch.ts'
import { gotHooks } from '../src/adapters/got.ts'
import { authorizeOptions } from '../src/adapters/node-http.ts'
import { undiciInterceptor } from '../src/adapters/undici.ts'
import { type JudgingServer, signAsAlice, startJudgingServer } from './support/judge.ts'

let server: JudgingServer
before(async () => {
  server = await startJudgingServer()
})
after(() => server.close())
beforeEach(() => server.seen.splice(0))

type Body = string | Uint8Array | undefined
/** Sends one request with a library, every time by a new instance of it, and returns the status. */
type Send = (authorizer: RequestAuthorizer, method: string, url: string, body?: Body) => Promise<number>

const LIBRARIES: Readonly<Record<string, Send>> = {
  fetch: async (authorizer, method, url, body) =>
    (
      await chanceryFetch(authorizer)(url, {
        method,
        ...(body === undefined ? {} : { body: body as string }),
      })
    ).status,
  'fetch of undici': async (authorizer, method, url, body) => {
    const fetch = chanceryFetch(authorizer, { fetch: undiciFetch as unknown as Fetch })
    return (await fetch(url, { method, ...(body === undefined ? {} : { body: body as string }) })).status
  },
  axios: async (authorizer, method, url, data) => {
    const instance = axios.create({ validateStatus: null })
    authorizeAxios(instance, authorizer)
    return (await instance.request({ method, url, data })).status
  },
  got: async (authorizer, method, url, body) => {
    const client = got.extend({ throwHttpErrors: false, retry: { limit: 0 }, hooks: gotHooks(authorizer) })
    return (await client(url, { method: method as 'GET', ...(body === undefined ? {} : { body }) }))
      .statusCode
  },
  undici: async (authorizer, method, url, body) => {
    const agent = new Agent().compose(undiciInterceptor(authorizer) as never)
    const response = await undiciRequest(url, {
      method: method as 'GET',
      dispatcher: agent,
      ...(body === undefined ? {} : { body }),
    })
    await response.body.dump()
    await agent.close()
    return response.statusCode
  },
}

const REQUESTS: readonly (readonly [method: string, target: string, body?: Body])[] = [
  ['GET', '/users/7'],
  ['GET', "/users/7?q=a b&r='x'&s=%27[1]#part"],
  ['GET', '/a/../b/%2e%2E/c?'],
  ['GET', '/caf\u00e9?\u00fc=1'],
  ['DELETE', '/users/7'],
  ['POST', '/users', '{"name":"\u00c9ve"}'],
  ['POST', '/users', ''],
  ['PUT', '/photo', Uint8Array.from({ length: 70_000 }, (_, i) => i % 256)],
]

/** Answers with a token that nobody takes, and only then signs. */
async function tokenFirst(): Promise<RequestAuthorizer & { refused: Authorized[] }> {
  const signer = await signAsAlice()
  const refused: Authorized[] = []
  return {
    refused,
    authorize: () => Promise.resolve({ credential: 'token', headers: [['Authorization', 'Bearer stale']] }),
    reauthorize(request, authorized) {
      refused.push(authorized)
      return signer.authorize(request)
    },
  }
}

for (const [library, send] of Object.entries(LIBRARIES)) {
  describe(`requests of ${library}`, () => {
    for (const profile of ['rfc9421', 'simple'] as const) {
      it(`are what was signed, octet for octet: ${profile}`, async () => {
        const signer = await signAsAlice(profile)
        for (const [method, target, body] of REQUESTS)
          await send(signer, method, `${server.origin}${target}`, body)
        assert.deepEqual(
          server.seen.map(({ method, target, verdict }) => `${method} ${target} ${verdict}`),
          REQUESTS.map(([method], i) => `${method} ${server.seen[i]!.target} ALLOW`),
        )
        assert.equal(server.seen.at(-1)!.body.length, 70_000)
      })
    }

    it('are sent once more after a 401, with the other credential and the same body', async () => {
      const authorizer = await tokenFirst()
      assert.equal(await send(authorizer, 'POST', `${server.origin}/users`, 'Eve'), 200)
      assert.deepEqual(
        server.seen.map(({ body, verdict }) => `${body} ${verdict}`),
        ['Eve CREDENTIAL_MISSING', 'Eve ALLOW'],
      )
      assert.equal(authorizer.refused.length, 1)
    })

    it('are sent twice at most, and the second 401 stands', async () => {
      const authorizer: RequestAuthorizer = {
        ...(await tokenFirst()),
        reauthorize: (_, refused) => Promise.resolve(refused),
      }
      assert.equal(await send(authorizer, 'POST', `${server.origin}/users`, 'Eve'), 401)
      assert.equal(server.seen.length, 2)
    })

    it('keep their 401 when there is nothing else to show', async () => {
      const authorizer = { ...(await tokenFirst()), reauthorize: () => Promise.resolve(undefined) }
      assert.equal(await send(authorizer, 'GET', `${server.origin}/users`), 401)
      assert.equal(server.seen.length, 1)
    })

    it('do not follow redirects with a credential', async () => {
      assert.equal(await send(await signAsAlice(), 'GET', `${server.origin}/moved`), 302)
      assert.deepEqual(
        server.seen.map(({ target, verdict }) => `${target} ${verdict}`),
        ['/moved ALLOW'],
      )
    })

    it('fail as the authorizer fails, and nothing is sent', async () => {
      const authorizer = { ...(await tokenFirst()), authorize: () => Promise.reject(new Error('locked out')) }
      await assert.rejects(send(authorizer, 'GET', server.origin), /locked out/)
      assert.deepEqual(server.seen, [])
    })
  })
}

describe('a Request', () => {
  it('is signed as it is, with its body', async () => {
    const signer = await signAsAlice()
    const plain = new Request(`${server.origin}/users`, { method: 'PATCH', body: '{"a":1}' })
    const response = await fetch(await authorizeRequest(signer, plain))
    assert.equal(await response.text(), 'ALLOW')
    assert.equal(await plain.text(), '{"a":1}')
  })
})

describe('a request of node:http', () => {
  it('has the headers of its signature, in place of those of an older one', async () => {
    const signer = await signAsAlice()
    const url = new URL('/users?x=1', server.origin)
    const body = 'Eve'
    const headers = { 'Content-Type': 'text/plain', signature: 'old', Authorization: 'Bearer old' }
    const options = await authorizeOptions(signer, url, { method: 'POST', headers }, body)
    assert.deepEqual(
      Object.keys(options.headers).filter((name) => /^(signature|authorization)$/i.test(name)),
      ['Signature'],
    )
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(url, options, (response) => resolve(response.resume().statusCode))
      request.on('error', reject).end(body)
    })
    assert.equal(status, 200)
  })
})

describe('what the libraries do to a request before it is sent', () => {
  it('is signed: base URL, parameters and JSON of axios', async () => {
    const instance = axios.create({ baseURL: `${server.origin}/v1`, params: { tag: "it's", list: [1, 2] } })
    authorizeAxios(instance, await signAsAlice())
    const { status } = await instance.post('users', { name: 'Eve' }, { params: { 'q[]': 'a b' } })
    assert.equal(status, 200)
    assert.equal(server.seen[0]!.body, '{"name":"Eve"}')
  })

  it('is signed: search parameters and JSON of got', async () => {
    const client = got.extend({ hooks: gotHooks(await signAsAlice()) })
    const options = { json: { name: 'Eve' }, searchParams: { tag: "it's" } }
    assert.equal((await client.post(`${server.origin}/users`, options)).statusCode, 200)
  })

  it('is signed: the query of undici', async () => {
    const agent = new Agent().compose(undiciInterceptor(await signAsAlice()) as never)
    const query = { tag: "it's", list: ['1', '2'] }
    const { statusCode, body } = await undiciRequest(`${server.origin}/users`, { dispatcher: agent, query })
    await body.dump()
    await agent.close()
    assert.equal(statusCode, 200)
  })

  it('is signed anew by each retry of got', async () => {
    const hooks = gotHooks(await signAsAlice())
    const client = got.extend({ hooks, throwHttpErrors: false, retry: { limit: 2, backoffLimit: 1 } })
    await client(`${server.origin}/busy`)
    assert.deepEqual(
      server.seen.map(({ verdict }) => verdict),
      ['ALLOW', 'ALLOW', 'ALLOW'],
    )
  })
})

describe('a body that is a stream', () => {
  it('cannot be signed by axios, got and undici, and is read first by fetch', async () => {
    const signer = await signAsAlice()
    const stream = () => Readable.from([Buffer.from('Eve')])
    const instance = axios.create()
    authorizeAxios(instance, signer)
    await assert.rejects(instance.post(server.origin, stream()), { fault: 'REQUEST_UNSENDABLE' })
    const client = got.extend({ hooks: gotHooks(signer) })
    await assert.rejects(client.post(server.origin, { body: stream() }), /body is a stream/)
    const agent = new Agent().compose(undiciInterceptor(signer) as never)
    const sent = undiciRequest(server.origin, { method: 'POST', body: stream(), dispatcher: agent })
    await assert.rejects(sent, { fault: 'REQUEST_UNSENDABLE' })
    await agent.close()
    assert.deepEqual(server.seen, [])
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from('Eve'))
        controller.close()
      },
    })
    const response = await chanceryFetch(signer)(server.origin, {
      method: 'POST',
      body,
      duplex: 'half',
    } as never)
    assert.equal(await response.text(), 'ALLOW')
  })

  it('is not sent again when its token is refused, and the token is reported all the same', async () => {
    const bodies: OutgoingRequest['body'][] = []
    const authorizer: RequestAuthorizer = {
      ...(await tokenFirst()),
      reauthorize({ body }) {
        bodies.push(body)
        return Promise.resolve(undefined)
      },
    }
    for (const library of ['axios', 'got', 'undici']) {
      const stream = Readable.from([Buffer.from('Eve')]) as unknown as Body
      assert.equal(await LIBRARIES[library]!(authorizer, 'POST', `${server.origin}/users`, stream), 401)
    }
    assert.equal(server.seen.length, 3)
    assert.deepEqual(bodies, [UNREAD, UNREAD, UNREAD])
  })
})
