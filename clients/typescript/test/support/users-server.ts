import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  type MethodDefinition,
  type ServerWritableStream,
  Client,
  Metadata,
  Server,
  ServerCredentials,
  credentials,
  status,
} from '@grpc/grpc-js'
import { ErrorInfo } from '../../../../src/gen/google/rpc/error_details.ts'
import { Status } from '../../../../src/gen/google/rpc/status.ts'
import { callerOf, createGrpcGuard, guardedService } from '../../src/grpc.ts'
import type { RequestVerifier } from '../../src/index.ts'

const method = (name: string, responseStream = false) =>
  ({
    path: `/bob.v1.Users/${name}`,
    requestStream: false,
    responseStream,
    requestSerialize: (value: string) => Buffer.from(value),
    requestDeserialize: (octets: Buffer) => octets.toString(),
    responseSerialize: (value: string) => Buffer.from(value),
    responseDeserialize: (octets: Buffer) => octets.toString(),
  }) satisfies MethodDefinition<string, string>

/** What Bob serves. */
export const Users = {
  get: method('Get'),
  admin: method('Admin'),
  watch: method('Watch', true),
  own: method('Own'),
  upload: { ...method('Upload'), requestStream: true },
}

/** A server of Bob, and a client of it without a credential. */
export interface UsersServer {
  readonly client: Client
  /** The request messages that reached a handler. */
  readonly handled: string[]
  /** Resolves when the stream that has no end by itself was cancelled. */
  readonly endlessEnded: Promise<unknown>
  close(): void
}

/** Serves {@link Users} behind the guard, to those whom the verifier knows. */
export async function startUsersServer(verifier: RequestVerifier): Promise<UsersServer> {
  const handled: string[] = []
  const ended = Promise.withResolvers<unknown>()
  const read = { scopes: ['bob.user.read'] }
  const guard = createGrpcGuard(verifier, {
    audience: 'bob',
    scheme: 'http',
    methods: {
      [Users.get.path]: read,
      [Users.admin.path]: { scopes: ['bob.admin.all', 'bob.user.read'] },
      [Users.watch.path]: read,
      [Users.own.path]: read,
      [Users.upload.path]: read,
    },
  })
  const server = new Server({ interceptors: [guard] })
  const get = (call: { metadata: Metadata; request: string }, answer: (e: null, value: string) => void) => {
    handled.push(call.request)
    answer(null, `${callerOf(call)?.principal.clientId}: ${call.request}`)
  }
  server.addService(guardedService(Users), {
    get,
    admin: get,
    async watch(call: ServerWritableStream<string, string>) {
      handled.push(call.request)
      const { clientId } = callerOf(call)!.principal
      if (call.request === 'broken') {
        call.write(`${clientId} 0`)
        call.emit('error', { code: status.UNAUTHENTICATED, details: 'over' })
        return
      }
      if (call.request === 'endless') call.once('cancelled', ended.resolve)
      const count = call.request === 'endless' ? 1 : Number(call.request)
      for (let i = 0; i < count; i++) if (!call.write(`${clientId} ${i}`)) await once(call, 'drain')
      if (call.request !== 'endless') call.end()
    },
    upload: () => assert.fail('it was handled'),
    own(_: unknown, answer: (error: object) => void) {
      answer({ code: status.UNAUTHENTICATED, metadata: saying('ACCOUNT_CLOSED') })
    },
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error)
      else resolve(bound)
    })
  })
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  return {
    client,
    handled,
    endlessEnded: ended.promise,
    close() {
      client.close()
      server.forceShutdown()
    },
  }
}

/** Trailers in which a handler gives a reason of its own. */
function saying(reason: string): Metadata {
  const info = ErrorInfo.encode({ reason, domain: 'bob.example', metadata: {} }).finish()
  const details = [{ typeUrl: 'type.googleapis.com/google.rpc.ErrorInfo', value: Buffer.from(info) }]
  const trailers = new Metadata()
  const packed = Status.encode({ code: status.UNAUTHENTICATED, message: '', details }).finish()
  trailers.set('grpc-status-details-bin', Buffer.from(packed))
  return trailers
}
