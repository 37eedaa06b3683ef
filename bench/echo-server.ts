/**
 * The bound of calls and of streams: grpc-js over mTLS that does nothing. Answers each message with as many octets as its first four ask
 * for. Beside it the same over HTTPS, by the header `x-octets`. Started by `requireEcho` with an identity folder; prints the two ports.
 */
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import {
  type ServerDuplexStream,
  type UntypedServiceImplementation,
  Server,
  ServerCredentials,
} from '@grpc/grpc-js'
import { loadIdentity } from '../src/identity/identity-folder.ts'

const identity = await loadIdentity(process.argv[2] ?? '')
const answers = new Map<number, Buffer>()

function answerOf(bytes: number): Buffer {
  const known = answers.get(bytes)
  if (known !== undefined) return known
  const made = Buffer.alloc(bytes)
  answers.set(bytes, made)
  return made
}

const implementation: UntypedServiceImplementation = {
  call: (call: { readonly request: Buffer }, respond: (error: null, answer: Buffer) => void) =>
    respond(null, answerOf(call.request.readUInt32BE(0))),
  converse: (call: ServerDuplexStream<Buffer, Buffer>) => {
    call.on('data', (message: Buffer) => call.write(answerOf(message.readUInt32BE(0))))
    call.once('end', () => call.end())
  },
}
const same = (bytes: Buffer) => bytes
const RAW = {
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
} as const
const server = new Server({ 'grpc.enable_channelz': 0 })
server.addService(
  {
    call: { path: '/bench.Echo/Call', requestStream: false, responseStream: false, ...RAW },
    converse: { path: '/bench.Echo/Converse', requestStream: true, responseStream: true, ...RAW },
  },
  implementation,
)
const https = createServer(
  {
    key: identity.keyPem,
    cert: identity.certificatePem,
    ca: identity.caPem,
    requestCert: true,
    rejectUnauthorized: false,
  },
  (request, response) => {
    request.resume()
    request.once('end', () => {
      const body = answerOf(Number(request.headers['x-octets']))
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
    })
  },
)
server.bindAsync(
  '127.0.0.1:0',
  ServerCredentials.createSsl(
    identity.caPem,
    [{ private_key: identity.keyPem, cert_chain: identity.certificatePem }],
    true,
  ),
  (error, port) => {
    if (error !== null) throw error
    https.listen(0, '127.0.0.1', () => {
      process.stdout.write(`${port} ${(https.address() as AddressInfo).port}\n`)
    })
  },
)
process.once('SIGTERM', () => {
  https.closeAllConnections()
  https.close()
  server.forceShutdown()
})
