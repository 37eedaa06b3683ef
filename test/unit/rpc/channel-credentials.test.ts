import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type Http2SecureServer, createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { after, describe, it } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { Client, status } from '@grpc/grpc-js'
import { createChannelCredentials } from '../../../src/rpc/channel-credentials.ts'
import { makeThrowawayCa } from '../../support/tls-material.ts'

const ca = makeThrowawayCa('Root')
const caller = ca.issue({ commonName: 'alice' })
const material = {
  caPem: Buffer.from(ca.certificatePem),
  keyPem: Buffer.from(caller.privateKeyPem),
  certificatePem: Buffer.from(caller.certificateChainPem),
}

describe('createChannelCredentials', () => {
  const servers: Http2SecureServer[] = []
  const warnings: string[] = []
  const note = ({ message }: Error) => warnings.push(message)
  process.on('warning', note)
  after(() => {
    process.off('warning', note)
    for (const server of servers) server.close()
  })

  /** A server that proves these names, and the server names that its callers gave. */
  async function serve(subjectAltName: string) {
    const { privateKeyPem, certificateChainPem } = ca.issue({
      commonName: 'server',
      extensions: `extendedKeyUsage=serverAuth\nsubjectAltName=${subjectAltName}`,
    })
    const server = createSecureServer({
      key: privateKeyPem,
      cert: certificateChainPem,
      ca: ca.certificatePem,
      requestCert: true,
      rejectUnauthorized: true,
    })
    server.on('stream', (stream) => {
      stream.respond({ ':status': 404 }, { endStream: true })
    })
    const names: unknown[] = []
    server.on('secureConnection', (socket: TLSSocket) => {
      assert.equal(socket.getPeerCertificate().subject.CN, 'alice')
      names.push(socket.servername)
    })
    server.listen(0, '127.0.0.1')
    servers.push(server)
    await once(server, 'listening')
    return { names, port: (server.address() as AddressInfo).port }
  }

  /** A call finds out at once; waiting for the channel would go on until a deadline. */
  async function tryConnection(host: string, port: number, as = material): Promise<'connected' | 'refused'> {
    const client = new Client(`${host}:${port}`, createChannelCredentials(host, as))
    const same = (bytes: Buffer) => bytes
    try {
      return await new Promise((resolve) =>
        client.makeUnaryRequest('/x/Y', same, same, Buffer.alloc(0), (error) =>
          resolve(error?.code === status.UNAVAILABLE ? 'refused' : 'connected'),
        ),
      )
    } finally {
      client.close()
    }
  }

  it('names no server by its address, and has nothing to be warned of', async () => {
    const { names, port } = await serve('IP:127.0.0.1')
    assert.equal(await tryConnection('127.0.0.1', port), 'connected')
    assert.deepEqual(names, [false])
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(warnings, [])
  })

  it('names a server that has a name', async () => {
    const { names, port } = await serve('DNS:localhost')
    assert.equal(await tryConnection('localhost', port), 'connected')
    assert.deepEqual(names, ['localhost'])
  })

  it('refuses a server whose certificate is for another address, or for a name', async () => {
    for (const other of ['IP:127.0.0.2', 'DNS:localhost', 'DNS:127.0.0.1']) {
      const { port } = await serve(other)
      assert.equal(await tryConnection('127.0.0.1', port), 'refused', other)
    }
  })

  it('refuses a server that an unknown authority certified', async () => {
    const { port } = await serve('IP:127.0.0.1')
    const caPem = Buffer.from(makeThrowawayCa('Other').certificatePem)
    assert.equal(await tryConnection('127.0.0.1', port, { ...material, caPem }), 'refused')
  })
})
