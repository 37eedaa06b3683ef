import {
  type InterceptingListener,
  type Interceptor,
  type InterceptorOptions,
  type Listener,
  type NextCall,
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

type OpenCall = ReturnType<NextCall>

/** Longer than that a timer cannot wait. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * An interceptor for grpc-js clients that gives every call a credential, as docs/protocol.md says under "Signed gRPC calls". Calls with one request message are
 * signed over its octets; where the client streams, only method and caller are. A call that cannot be authorized ends with UNAUTHENTICATED on this side, with the reason in its
 * details.
 *
 * When the other side refuses a token (UNAUTHENTICATED, and no other reason in the trailers), the authorizer learns of it, and a call with one request message, whether one answers it or a stream, is made
 * once more with another credential, unless anything of an answer had come. A call whose client streams is not: its messages are gone, and nobody knows which of them were seen. Neither is one that was
 * answered in part. Both end with the refusal, which says so; who makes the call again makes it with another credential.
 *
 * Put it last among the interceptors: what is signed is what is sent.
 */
export function grpcInterceptor(
  authorizer: RequestAuthorizer,
  { authority, scheme = 'https' }: GrpcInterceptorOptions,
): Interceptor {
  return (options, nextCall) => {
    const method = options.method_definition
    const openCall = () => nextCall({ ...options, host: authority })
    const gate = createGate(options)
    const made = openCall()
    const line = createLine(made)
    let begin: (body: Uint8Array | undefined) => Promise<boolean>
    let sent: unknown

    function repeat(metadata: Metadata, listener: InterceptingListener): void {
      const again = openCall()
      again.start(metadata, listener)
      line.continueWith(again)
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
          const canRepeat = !method.requestStream && !answered
          // Meanwhile the deadline is ours to keep, and the call ours to cancel.
          gate.close(listener)
          authorizer.reauthorize(canRepeat ? request : { ...request, body: UNREAD }, authorized).then(
            (second) =>
              gate.open(() => {
                if (!canRepeat) pass(authorized.credential === 'token' ? notRepeated(ended, answered) : ended)
                else if (second === undefined) pass(ended)
                else repeat(withCredential(metadata, second), listener)
              }),
            (error: unknown) => gate.end(status.UNAUTHENTICATED, String(error)),
          )
        },
      }
    }

    return new InterceptingCall(line.call, {
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

/** For a caller who cannot know that the next call goes with another credential. */
function notRepeated(ended: StatusObject, answered: boolean): StatusObject {
  const why = answered ? 'an answer had begun' : 'its messages were a stream'
  return {
    ...ended,
    details:
      `${ended.details} The token was dropped; the call was not made again, since ${why}. Make it again.`.trim(),
  }
}

/** A call, in whose place another may go on: whoever reads it reads the other from then on, and whoever cancels it cancels the other. */
function createLine(first: OpenCall) {
  let current = first
  let isRead = false
  const call: OpenCall = {
    cancelWithStatus: (code, details) => current.cancelWithStatus(code, details),
    getPeer: () => current.getPeer(),
    start: (metadata, listener) => current.start(metadata, listener),
    sendMessageWithContext: (context, message) => current.sendMessageWithContext(context, message),
    sendMessage: (message) => current.sendMessage(message),
    startRead() {
      isRead = true
      current.startRead()
    },
    halfClose: () => current.halfClose(),
    getAuthContext: () => current.getAuthContext(),
  }
  return {
    call,
    /** Nothing was read of the one before: what was asked for of it is asked for of this one. */
    continueWith(next: OpenCall): void {
      current = next
      if (isRead) next.startRead()
    },
  }
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
