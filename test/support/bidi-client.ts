import * as grpc from '@grpc/grpc-js'
import { ISOLATED } from './grpc-fixture.ts'
import { PATIENCE_MS } from './patience.ts'

/** A bidirectional stream with all that came in so far. */
export interface BidiStream<Request, Response> {
  readonly messages: Response[]
  readonly call: grpc.ClientDuplexStream<Request, Response>
  /** Resolves when the request has left, as far as flow control lets it. */
  send(request: Request): Promise<void>
  /** Says that no further request comes. */
  finish(): void
  /** The next message, also one that came in before it was asked for. Rejects when the stream ends first. */
  next(): Promise<Response>
  /** How the stream ended: grpc-js's error, or `undefined` for OK. */
  readonly ended: Promise<unknown>
  close(): void
}

/** Opens a bidirectional stream on a connection of its own. `paused`: nothing is read until `call.resume()`. */
export function openBidi<Request, Response>(
  server: { readonly port: number },
  channel: grpc.ChannelCredentials,
  method: {
    path: string
    requestSerialize: (request: Request) => Buffer
    responseDeserialize: (bytes: Buffer) => Response
  },
  { paused = false } = {},
): BidiStream<Request, Response> {
  const client = new grpc.Client(`localhost:${server.port}`, channel, ISOLATED)
  const call = client.makeBidiStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    new grpc.Metadata(),
    { deadline: Date.now() + 2 * PATIENCE_MS },
  )
  const messages: Response[] = []
  let taken = 0
  let wake = Promise.withResolvers<undefined>()
  const ended = new Promise<unknown>((resolve) => {
    call.once('error', resolve)
    call.once('end', () => {
      resolve(undefined)
    })
  })
  call.on('data', (message: Response) => {
    messages.push(message)
    wake.resolve(undefined)
    wake = Promise.withResolvers()
  })
  if (paused) call.pause()
  return {
    messages,
    call,
    ended,
    send: (request) =>
      new Promise((resolve) => {
        call.write(request, () => {
          resolve()
        })
      }),
    finish: () => {
      call.end()
    },
    async next() {
      while (taken >= messages.length) {
        const end = await Promise.race([wake.promise, ended.then((error) => ({ error }))])
        if (end !== undefined && taken >= messages.length) throw end.error as Error
      }
      return messages[taken++]!
    },
    close() {
      call.cancel()
      client.close()
    },
  }
}
