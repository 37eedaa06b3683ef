/**
 * The bound of calls and of streams: grpc-js over mTLS that does nothing. Answers each message with as many octets as its first four ask
 * for. Started by `requireEcho` with an identity folder; prints its port.
 */
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
server.bindAsync(
  '127.0.0.1:0',
  ServerCredentials.createSsl(
    identity.caPem,
    [{ private_key: identity.keyPem, cert_chain: identity.certificatePem }],
    true,
  ),
  (error, port) => {
    if (error !== null) throw error
    process.stdout.write(`${port}\n`)
  },
)
process.once('SIGTERM', () => server.forceShutdown())
