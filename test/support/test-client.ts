import * as grpc from '@grpc/grpc-js'
import { ISOLATED } from './grpc-fixture.ts'
import { PATIENCE_MS } from './patience.ts'

/** One connection that is used for many calls. */
export interface TestClient {
  /** Rejects with grpc-js's ServiceError, which `refusalOf` reads. */
  call<Request, Response>(
    method: {
      path: string
      requestSerialize: (request: Request) => Buffer
      responseDeserialize: (bytes: Buffer) => Response
    },
    request: Request,
  ): Promise<Response>
  close(): void
}

/** Prepares a connection of its own; the first call makes it. */
export function connect(server: { readonly port: number }, channel: grpc.ChannelCredentials): TestClient {
  const client = new grpc.Client(`localhost:${server.port}`, channel, ISOLATED)
  return {
    call: (method, request) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          request,
          new grpc.Metadata(),
          { deadline: Date.now() + PATIENCE_MS },
          (error, response) => {
            if (error) reject(error)
            else resolve(response!)
          },
        )
      }),
    close: () => client.close(),
  }
}
