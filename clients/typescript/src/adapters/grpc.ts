import {
  type InterceptingListener,
  type Interceptor,
  type InterceptorOptions,
  InterceptingCall,
  Metadata,
  status,
} from '@grpc/grpc-js'
import { CREDENTIAL_HEADERS, type RequestAuthorizer } from '../authorizer.ts'

/** Where the calls go. */
export interface GrpcInterceptorOptions {
  /** `:authority` of the calls, as `HOST` or `HOST:PORT`: it is signed, so every call is made under this name. */
  readonly authority: string
  /** `http` for a connection without TLS. Default `https`. */
  readonly scheme?: 'https' | 'http'
}

/** Longer than that a timer cannot wait. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * An interceptor for grpc-js clients that gives every call a credential, as docs/protocol.md says under "Signed gRPC calls". Calls with one request message are
 * signed over its octets; where the client streams, only method and caller are. A call that cannot be authorized ends with UNAUTHENTICATED on this side, with the reason in its
 * details. One that the other side refuses is not made again: its answer may have begun.
 *
 * Put it last among the interceptors: what is signed is what is sent.
 */
export function grpcInterceptor(
  authorizer: RequestAuthorizer,
  { authority, scheme = 'https' }: GrpcInterceptorOptions,
): Interceptor {
  return (options, nextCall) => {
    const method = options.method_definition
    const call = nextCall({ ...options, host: authority })
    const gate = createGate(options)
    const authorize = async (metadata: Metadata, body: Uint8Array | undefined): Promise<void> => {
      const request = { method: 'POST', url: `${scheme}://${authority}${method.path}`, body }
      const { headers } = await authorizer.authorize(request)
      for (const name of CREDENTIAL_HEADERS) metadata.remove(name)
      for (const [name, value] of headers) metadata.set(name, value)
    }
    let begin: (body: Uint8Array | undefined) => Promise<boolean>
    return new InterceptingCall(call, {
      start(metadata, listener, next) {
        gate.close(listener)
        begin = (body) =>
          authorize(metadata, body).then(
            () => gate.open(() => next(metadata, listener)),
            (error: unknown) => gate.end(status.UNAUTHENTICATED, String(error)),
          )
        // The headers go first, and depend on the message if it is one.
        if (method.requestStream) void begin(undefined)
      },
      sendMessage(message, next) {
        if (method.requestStream) {
          next(message)
          return
        }
        // grpc-js takes no octets: it serializes the message again. One that was changed meanwhile is refused by its digest.
        const body = method.requestSerialize(message)
        void begin(body.length === 0 ? undefined : body).then((begun) => {
          if (begun) next(message)
        })
      },
      cancel(next) {
        gate.end(status.CANCELLED, 'Cancelled on client')
        next()
      },
    })
  }
}

/** Stands before a call until it is authorized. grpc-js tells nobody how a call ended that was never started: until then, this does. */
function createGate({ deadline }: InterceptorOptions) {
  let waiting: InterceptingListener | undefined
  let timer: NodeJS.Timeout | undefined
  function takeListener(): InterceptingListener | undefined {
    clearTimeout(timer)
    const listener = waiting
    waiting = undefined
    return listener
  }
  function end(code: status, details: string): false {
    takeListener()?.onReceiveStatus({ code, details, metadata: new Metadata() })
    return false
  }
  return {
    close(listener: InterceptingListener): void {
      waiting = listener
      const leftMs = Number(deadline ?? Infinity) - Date.now()
      if (leftMs <= MAX_TIMER_MS)
        timer = setTimeout(() => end(status.DEADLINE_EXCEEDED, 'Deadline exceeded'), Math.max(0, leftMs))
    },
    /** False if the call is over already. */
    open(start: () => void): boolean {
      const listener = takeListener()
      if (listener !== undefined) start()
      return listener !== undefined
    },
    end,
  }
}
