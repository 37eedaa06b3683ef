import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { type Socket, connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { type RunningService, startRunningService } from '../support/running-service.ts'

const LIMIT = 4
const METADATA = '/.well-known/oauth-authorization-server'

describe(`public HTTP listeners that one address may have ${LIMIT} connections to`, () => {
  let running: RunningService
  const sockets: Socket[] = []

  before(async () => {
    running = await startRunningService({
      CHANCERY_OAUTH: '127.0.0.1:0',
      CHANCERY_CONNECTIONS_PER_ADDRESS: String(LIMIT),
    })
  })
  after(async () => {
    for (const socket of sockets) socket.destroy()
    await running.close()
  })

  const portOf = (address: string) => Number(address.split(':').at(-1))

  /** Opens a connection and sends the first octets of something. */
  async function open(port: number): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1' })
    sockets.push(socket)
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.write('G')
    return socket
  }

  /** Whether somebody at another address of this machine is served. */
  async function isServed(address: string, isTls: boolean, localAddress: string): Promise<boolean> {
    const options = {
      port: portOf(address),
      host: '127.0.0.1',
      path: METADATA,
      localAddress,
      agent: false as const,
    }
    const sent = isTls
      ? httpsRequest({ ...options, ca: running.caPem, servername: 'localhost' })
      : httpRequest(options)
    sent.end()
    try {
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      response.resume()
      await once(response, 'end')
      return response.statusCode === 200
    } catch {
      return false
    }
  }

  for (const name of ['http', 'oauth'] as const) {
    it(`close what is beyond it at ${name}, serve other addresses meanwhile, and this one when it has closed one`, async () => {
      const address = name === 'http' ? running.service.httpAddress : running.service.oauthAddress!
      const isTls = name === 'oauth'
      const held: Socket[] = []
      for (let i = 0; i < LIMIT; i++) held.push(await open(portOf(address)))
      const beyond = await open(portOf(address))
      await once(beyond, 'close')
      assert.ok(held.every((socket) => !socket.destroyed))
      assert.equal(await isServed(address, isTls, '127.0.0.1'), false)
      assert.equal(await isServed(address, isTls, '127.0.0.2'), true)
      const [first, ...others] = held
      first!.destroy()
      await once(first!, 'close')
      // The service learns of it a moment later.
      let served = false
      for (let tries = 0; tries < 100 && !served; tries++)
        served = await isServed(address, isTls, '127.0.0.1')
      assert.equal(served, true)
      for (const socket of others) socket.destroy()
    })
  }
})
