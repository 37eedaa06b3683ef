import { randomUUID } from 'node:crypto'
import * as grpc from '@grpc/grpc-js'
import { authenticateCaller } from '../../../src/authority/authenticate-caller.ts'
import type { VerifyRequestsResponse } from '../../../src/gen/chancery/v1/authorization_service.ts'
import { AuthorizationServiceService as Authorization } from '../../../src/gen/chancery/v1/authorization_service.ts'
import { ErrorReason } from '../../../src/gen/chancery/v1/error_reason.ts'
import { AuthorizationService as Envoy } from '../../../src/gen/envoy/service/auth/v3/external_auth.ts'
import { createAuthorizationService } from '../../../src/grpc/authorization-service.ts'
import { createEnvoyService } from '../../../src/grpc/envoy-service.ts'
import { createGrpcServer } from '../../../src/grpc/server.ts'
import { createServerCredentials } from '../../../src/grpc/server-credentials.ts'
import { silentLog } from '../fakes.ts'
import { ISOLATED } from '../grpc-fixture.ts'
import { type TestClient, connect } from '../test-client.ts'
import { answerOfReason, answerOfResponse, answerOfServiceError, nameOf, type Answer } from './answer.ts'
import type { Door } from './doors.ts'
import { answerOfCheck, cannotCheck, toWireCheckRequest } from './envoy-question.ts'
import { callerKeys, makeServerIdentity } from './tls.ts'
import { toWireVerifyRequest } from '../../../clients/typescript/src/verifier/to-wire-question.ts'
import { CALLERS, type CallerName, type DoorWorld } from './world.ts'

/** VerifyRequest, VerifyRequests and Check, each of a server of its own. */
export async function openGrpcDoors(world: DoorWorld): Promise<readonly Door[]> {
  return Promise.all([openUnaryDoor(world), openStreamDoor(world), openCheckDoor(world)])
}

async function openUnaryDoor(world: DoorWorld): Promise<Door> {
  const server = await startServer(world)
  const clients = server.connectAll(connect)
  return {
    name: 'VerifyRequest',
    cannot: () => undefined,
    ask: ({ caller, input }) =>
      clients[caller]
        .call(Authorization.verifyRequest, toWireVerifyRequest(input))
        .then(answerOfResponse, answerOfServiceError),
    close: () => server.close(Object.values(clients)),
  }
}

async function openCheckDoor(world: DoorWorld): Promise<Door> {
  const server = await startServer(world)
  const clients = server.connectAll(connect)
  return {
    name: 'Check of ext_authz',
    cannot: cannotCheck,
    ask: (question) =>
      clients[question.caller]
        .call(Envoy.check, toWireCheckRequest(question))
        .then(answerOfCheck, answerOfServiceError),
    close: () => server.close(Object.values(clients)),
  }
}

async function openStreamDoor(world: DoorWorld): Promise<Door> {
  const server = await startServer(world)
  const streams = server.connectAll(openStream)
  return {
    name: 'VerifyRequests',
    cannot: () => undefined,
    ask: ({ caller, input }) => streams[caller].ask(toWireVerifyRequest(input)),
    close: () => server.close(Object.values(streams)),
  }
}

/** One stream that everything goes through, answers found by their ids. */
function openStream(at: { readonly port: number }, channel: grpc.ChannelCredentials) {
  const client = new grpc.Client(`localhost:${at.port}`, channel, ISOLATED)
  const { path, requestSerialize, responseDeserialize } = Authorization.verifyRequests
  const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize)
  const waiting = new Map<bigint, PromiseWithResolvers<Answer>>()
  let ids = 0n
  call.on('data', ({ id, result }: VerifyRequestsResponse) => {
    const answer =
      result?.$case === 'response'
        ? answerOfResponse(result.value)
        : answerOfReason(nameOf(ErrorReason, result?.value.reason)?.replace('ERROR_REASON_', ''))
    waiting.get(id)?.resolve(answer)
    waiting.delete(id)
  })
  call.on('error', (error) => {
    for (const { reject } of waiting.values()) reject(error)
  })
  return {
    ask(request: ReturnType<typeof toWireVerifyRequest>): Promise<Answer> {
      const answer = Promise.withResolvers<Answer>()
      const id = ids++
      waiting.set(id, answer)
      call.write({ id, request })
      return answer.promise
    },
    close() {
      call.end()
      client.close()
    },
  }
}

/** The services as they are served, before a store of their own and the world's clock. */
async function startServer(world: DoorWorld) {
  const deps = await world.instance()
  const identity = makeServerIdentity()
  const server = createGrpcServer({
    credentials: createServerCredentials(identity.keyAndChain),
    authenticator: { authenticate: (chain) => authenticateCaller(deps, chain) },
    services: [createAuthorizationService(deps), createEnvoyService(deps)],
    log: silentLog,
    metrics: { callStarted: () => undefined, callEnded: () => undefined },
    newRequestId: () => randomUUID(),
  })
  const bound = await server.bind({ host: '127.0.0.1', port: 0 })
  return {
    /** One connection for each caller. */
    connectAll: <T>(open: (at: typeof bound, channel: grpc.ChannelCredentials) => T) =>
      Object.fromEntries(
        CALLERS.map((name) => {
          const { keyPem, certificatePem } = callerKeys(world, name)
          const channel = grpc.credentials.createSsl(
            Buffer.from(identity.caPem),
            Buffer.from(keyPem),
            Buffer.from(certificatePem),
          )
          return [name, open(bound, channel)]
        }),
      ) as Record<CallerName, T>,
    async close(clients: readonly Pick<TestClient, 'close'>[]) {
      for (const client of clients) client.close()
      await server.drain(1000)
    },
  }
}
