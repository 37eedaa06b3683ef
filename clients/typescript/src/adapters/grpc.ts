import {
  type InterceptingListener,
  type Interceptor,
  type InterceptorOptions,
  type Listener,
  type StatusObject,
  InterceptingCall,
  Metadata,
  status,
} from '@grpc/grpc-js'
import { readErrorDetails } from '../../../../src/rpc/error-details.ts'
import {
  type Authorized,
  type OutgoingRequest,
  type RequestAuthorizer,
  CREDENTIAL_HEADERS,
  UNREAD,
} from '../authorizer.ts'

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
 * details.
 *
 * When the other side refuses a token (UNAUTHENTICATED, and no other reason in the trailers), the authorizer learns of it, and a unary call that was not answered otherwise is made once more with
 * another credential. A call with a stream is not: its messages are gone.
 *
 * Put it last among the interceptors: what is signed is what is sent.
 */
export function grpcInterceptor(
  authorizer: RequestAuthorizer,
  { authority, scheme = 'https' }: GrpcInterceptorOptions,
): Interceptor {
  return (options, nextCall) => {
    const method = options.method_definition
    const isUnary = !method.requestStream && !method.responseStream
    const openCall = () => nextCall({ ...options, host: authority })
    const gate = createGate(options)
    const made = openCall()
    let begin: (body: Uint8Array | undefined) => Promise<boolean>
    let again: ReturnType<typeof nextCall> | undefined
    let sent: unknown

    function repeat(metadata: Metadata, listener: InterceptingListener): void {
      again = openCall()
      again.start(metadata, listener)
      again.sendMessage(sent)
      again.halfClose()
    }

    function listenFor(
      authorized: Authorized,
      request: OutgoingRequest,
      [metadata, listener]: readonly [Metadata, InterceptingListener],
    ): Listener {
      let answered = false
      return {
        onReceiveMetadata(received, pass) {
          answered = true
          pass(received)
        },
        onReceiveStatus(ended, pass) {
          if (!isTokenRefused(ended)) {
            pass(ended)
            return
          }
          const canRepeat = isUnary && !answered
          // Meanwhile the deadline is ours to keep, and the call ours to cancel.
          gate.close(listener)
          authorizer.reauthorize(canRepeat ? request : { ...request, body: UNREAD }, authorized).then(
            (second) =>
              gate.open(() => {
                if (second === undefined || !canRepeat) pass(ended)
                else repeat(withCredential(metadata, second), listener)
              }),
            (error: unknown) => gate.end(status.UNAUTHENTICATED, String(error)),
          )
        },
      }
    }

    return new InterceptingCall(made, {
      start(metadata, listener, next) {
        gate.close(listener)
        begin = (body) => {
          const request = { method: 'POST', url: `${scheme}://${authority}${method.path}`, body }
          return authorizer.authorize(request).then(
            (authorized) =>
              gate.open(() => {
                const heard = listenFor(authorized, request, [metadata, listener])
                next(withCredential(metadata, authorized), heard)
              }),
            (error: unknown) => {
              // Else grpc-js keeps the call, which was never started, and its timer to the deadline.
              made.cancelWithStatus(status.UNAUTHENTICATED, String(error))
              return gate.end(status.UNAUTHENTICATED, String(error))
            },
          )
        }
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
        sent = message
        void begin(body.length === 0 ? undefined : body).then((begun) => {
          if (begun) next(message)
        })
      },
      cancel(next) {
        gate.end(status.CANCELLED, 'Cancelled on client')
        again?.cancelWithStatus(status.CANCELLED, 'Cancelled on client')
        next()
      },
    })
  }
}

/** A refusal that says why, and says something else than that the credential is no good, is none of the token. */
function isTokenRefused({ code, metadata }: StatusObject): boolean {
  if (code !== status.UNAUTHENTICATED) return false
  const { reason = 'CREDENTIAL_REFUSED' } = readErrorDetails({ metadata })
  return reason === 'CREDENTIAL_REFUSED'
}

function withCredential(metadata: Metadata, { headers }: Authorized): Metadata {
  const merged = metadata.clone()
  for (const name of CREDENTIAL_HEADERS) merged.remove(name)
  for (const [name, value] of headers) merged.set(name, value)
  return merged
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
