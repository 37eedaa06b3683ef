import {
  type ClientReadableStream,
  type MethodDefinition,
  type ServiceError,
  Client,
  Metadata,
  status,
} from '@grpc/grpc-js'
import { MAX_GRPC_MESSAGE_BYTES } from '../core/limits.ts'
import { parseAddress } from '../rpc/address.ts'
import { createChannelCredentials } from '../rpc/channel-credentials.ts'
import { KEEP_ALIVE, type KeepAlive } from '../rpc/keep-alive.ts'
import { explainConnection } from './explain-connection.ts'
import type { Identity } from '../identity/identity-folder.ts'
import { usageError } from './cli-error.ts'

/** Calls the service as one identity. Every method of the generated services can be given. */
export interface RpcClient {
  /** Makes one call and returns its answer. */
  call<Request, Response>(method: MethodDefinition<Request, Response>, request: Request): Promise<Response>
  /** Opens a stream without a deadline; it ends when the service, the network or the signal ends it. */
  open<Request, Response>(
    method: MethodDefinition<Request, Response>,
    request: Request,
    signal: AbortSignal,
  ): AsyncIterable<Response>
  close(): void
}

/** How to reach the service. */
export interface RpcTarget {
  readonly address: string
  readonly identity: Identity
  readonly timeoutMs: number
  readonly keepAlive?: KeepAlive
}

/** Prepares calls; the connection is made by the first one. */
export function connectRpc({ address, identity, timeoutMs, keepAlive = KEEP_ALIVE }: RpcTarget): RpcClient {
  const target = parseAddress(address)
  if (target === undefined) {
    throw usageError(`${address} is no address.`, 'Write HOST:PORT, such as localhost:8443.')
  }
  const client = new Client(address, createChannelCredentials(target.host, identity), {
    'grpc.max_receive_message_length': MAX_GRPC_MESSAGE_BYTES,
    'grpc.keepalive_time_ms': keepAlive.everyMs,
    'grpc.keepalive_timeout_ms': keepAlive.timeoutMs,
  })
  const explain = async (error: ServiceError): Promise<Error> => {
    const unreachable = error.code === status.UNAVAILABLE || error.code === status.DEADLINE_EXCEEDED
    // An answer that carries details came from the service itself, which is then reachable.
    if (!unreachable || error.metadata.get('grpc-status-details-bin').length > 0) return error
    return (await explainConnection(address, identity)) ?? error
  }
  return {
    call: async (method, request) => {
      try {
        return await callOnce(client, method, request, timeoutMs)
      } catch (error) {
        throw await explain(error as ServiceError)
      }
    },
    async *open(method, request, signal) {
      const stream = client.makeServerStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        new Metadata(),
      )
      const cancel = () => stream.cancel()
      signal.addEventListener('abort', cancel, { once: true })
      try {
        if (signal.aborted) return
        yield* readStream(stream)
      } catch (error) {
        if (signal.aborted) return
        throw await explain(error as ServiceError)
      } finally {
        signal.removeEventListener('abort', cancel)
        stream.cancel()
      }
    },
    close: () => client.close(),
  }
}

function callOnce<Request, Response>(
  client: Client,
  method: MethodDefinition<Request, Response>,
  request: Request,
  timeoutMs: number,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      new Metadata(),
      { deadline: Date.now() + timeoutMs },
      (error, response) => {
        if (error !== null) reject(error)
        else if (response === undefined) reject(new Error('the service sent neither an answer nor an error'))
        else resolve(response)
      },
    )
  })
}

async function* readStream<Response>(stream: ClientReadableStream<Response>): AsyncIterable<Response> {
  for await (const message of stream as AsyncIterable<Response>) yield message
}
