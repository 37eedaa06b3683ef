import { type Client, Metadata, type ServiceError } from '@grpc/grpc-js'
import type { AuthorityRpc } from '../../src/authority/authority-rpc.ts'

/** Calls over the client of grpc-js that the test has just now. */
export function rpcOver(current: () => Client): AuthorityRpc {
  return {
    call: (method, request, { deadlineMs = 20_000 } = {}) =>
      new Promise((resolve, reject) => {
        current().makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          request,
          new Metadata(),
          { deadline: Date.now() + deadlineMs },
          (error: ServiceError | null, response) => {
            if (error) reject(error)
            else resolve(response!)
          },
        )
      }),
    async *stream(method, request, { signal } = {}) {
      const stream = current().makeServerStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        new Metadata(),
      )
      const cancel = () => {
        stream.cancel()
      }
      signal?.addEventListener('abort', cancel, { once: true })
      try {
        for await (const message of stream) yield message
      } catch (error) {
        if (signal?.aborted !== true) throw error
      } finally {
        signal?.removeEventListener('abort', cancel)
        stream.cancel()
      }
    },
    duplex: (method) =>
      current().makeBidiStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        new Metadata(),
      ),
  }
}
