import { BinaryReader } from '@bufbuild/protobuf/wire'
import {
  type Metadata,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type UntypedHandleCall,
  type UntypedServiceImplementation,
  type sendUnaryData,
} from '@grpc/grpc-js'
import { DomainError } from '../core/errors.ts'
import { MAX_STREAM_STALL_MS, MAX_UNARY_CALL_MS } from '../core/limits.ts'
import { type AdmittedCall, type CallContext, admittedCall } from './call-context.ts'
import { okStatus } from './status.ts'

/** Answers one request. Throws {@link DomainError} for what the caller can act on. */
export type UnaryMethod<Request, Response> = (request: Request, context: CallContext) => Promise<Response>

/** Yields messages as fast as the reader takes them: the next one is asked for when the last has left. */
export type ServerStreamMethod<Request, Response> = (
  request: Request,
  context: CallContext,
) => AsyncIterable<Response>

/** As {@link ServerStreamMethod}, with requests that arrive meanwhile. */
export type BidiStreamMethod<Request, Response> = (
  requests: AsyncIterable<Request>,
  context: CallContext,
) => AsyncIterable<Response>

type RequestOf<M> = M extends { requestDeserialize: (bytes: Buffer) => infer Request } ? Request : never
type ResponseOf<M> = M extends { responseSerialize: (message: infer Response) => Buffer } ? Response : never

/** The methods of a service in our own form, derived from its generated definition. */
export type ServiceMethods<Definition> = {
  readonly [K in keyof Definition]: Definition[K] extends { requestStream: true; responseStream: true }
    ? BidiStreamMethod<RequestOf<Definition[K]>, ResponseOf<Definition[K]>>
    : Definition[K] extends { requestStream: false; responseStream: true }
      ? ServerStreamMethod<RequestOf<Definition[K]>, ResponseOf<Definition[K]>>
      : Definition[K] extends { requestStream: false; responseStream: false }
        ? UnaryMethod<RequestOf<Definition[K]>, ResponseOf<Definition[K]>>
        : never
}

/** A service that a server can take. */
export interface BoundService {
  readonly definition: ServiceDefinition
  readonly implementation: UntypedServiceImplementation
}

/** A request as it came off the wire. Decoding never throws, because grpc-js would answer INTERNAL for it. */
type Decoded = { readonly request: unknown } | { readonly malformed: true }

type AnyMethod = (request: unknown, context: CallContext) => unknown

/** Adapts a service written as async functions and async generators to what grpc-js serves. */
export function bindService<Definition extends ServiceDefinition>(
  definition: Definition,
  methods: ServiceMethods<Definition>,
): BoundService {
  const guarded: Record<string, ServiceDefinition[string]> = {}
  const implementation: Record<string, UntypedHandleCall> = {}
  for (const [name, method] of Object.entries(definition)) {
    guarded[name] = { ...method, requestDeserialize: guardDecoding(method.requestDeserialize) }
    const served = methods[name as keyof Definition] as unknown
    if (typeof served !== 'function') throw new Error(`Nothing serves ${method.path}.`)
    implementation[name] = adapt(method, served.bind(methods) as AnyMethod)
  }
  return { definition: guarded, implementation }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function guardDecoding(decode: (bytes: Buffer) => unknown) {
  return (bytes: Buffer): Decoded => {
    // Generated decoders take a reader as well as bytes. Ours refuses strings that are not UTF-8, as proto3 asks; the default
    // one would replace what it cannot read, and let different bytes pass for the same text.
    const reader = new BinaryReader(bytes, (text) => utf8.decode(text))
    try {
      return { request: decode(reader as unknown as Buffer) }
    } catch {
      return { malformed: true }
    }
  }
}

function requestOf(decoded: Decoded): unknown {
  if ('request' in decoded) return decoded.request
  throw new DomainError('FIELD_INVALID', 'The request is not a valid message of its type.')
}

function adapt(
  shape: { requestStream: boolean; responseStream: boolean },
  method: AnyMethod,
): UntypedHandleCall {
  if (!shape.requestStream && !shape.responseStream) return unary(method as UnaryMethod<unknown, unknown>)
  if (!shape.requestStream) return serverStream(method as ServerStreamMethod<unknown, unknown>)
  if (shape.responseStream) return bidiStream(method as unknown as BidiStreamMethod<unknown, unknown>)
  throw new Error('Client streaming is not used by this API.')
}

function unary(method: UnaryMethod<unknown, unknown>) {
  return (call: ServerUnaryCall<Decoded, unknown>, respond: sendUnaryData<unknown>): void => {
    const { context, end } = admittedOrThrow(call.metadata)
    end.limit(MAX_UNARY_CALL_MS)
    const answer = async () => {
      const request = requestOf(call.request)
      end.begin()
      return await method(request, context)
    }
    answer()
      .then((response) => {
        if (!end.ended) respond(null, response)
      })
      .catch((error: unknown) => {
        end.fail(error)
      })
  }
}

function serverStream(method: ServerStreamMethod<unknown, unknown>) {
  return (call: ServerWritableStream<Decoded, unknown>): void => {
    const admitted = admittedOrThrow(call.metadata)
    run(admitted, async () => {
      const request = requestOf(call.request)
      admitted.end.begin()
      await pump(method(request, admitted.context), call, admitted)
    })
  }
}

function bidiStream(method: BidiStreamMethod<unknown, unknown>) {
  return (call: ServerDuplexStream<Decoded, unknown>): void => {
    const admitted = admittedOrThrow(call.metadata)
    async function* requests() {
      for await (const decoded of call as AsyncIterable<Decoded>) yield requestOf(decoded)
    }
    run(admitted, () => pump(method(requests(), admitted.context), call, admitted))
  }
}

function run({ end }: AdmittedCall, work: () => Promise<void>): void {
  work().then(
    () => {
      end.finish(okStatus())
    },
    (error: unknown) => {
      end.fail(error)
    },
  )
}

interface MessageSink {
  write(message: unknown, callback: (error?: Error | null) => void): unknown
}

/**
 * Writes what a method yields, one message in flight: the method is asked for the next when HTTP/2 has taken the last, so
 * that a slow reader holds one message and never a queue.
 */
async function pump(
  messages: AsyncIterable<unknown>,
  sink: MessageSink,
  { context, end }: AdmittedCall,
): Promise<void> {
  const iterator = messages[Symbol.asyncIterator]()
  try {
    while (!end.ended) {
      const next = await untilAborted(iterator.next(), context.signal)
      if (next.done === true) return
      const written = new Promise<void>((resolve, reject) => {
        sink.write(next.value, (error) => {
          if (error) reject(error)
          else resolve()
        })
      })
      const timer = setTimeout(() => {
        end.stop(
          new DomainError('RATE_LIMITED', 'The stream was not read for too long.', { limit: 'stream_stall' }),
        )
      }, MAX_STREAM_STALL_MS)
      await untilAborted(written, context.signal).finally(() => {
        clearTimeout(timer)
      })
    }
  } finally {
    // Not awaited: a method that waits for something else than its signal must not hold up the end of the call.
    void Promise.resolve(iterator.return?.()).catch(() => undefined)
  }
}

// Not Promise.race against one long-lived promise: each race would leave a reaction on it for as long as the stream lives.
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(new Error('The call has ended.'))
    }
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort)
    })
  })
}

// grpc-js answers UNKNOWN for what a handler throws; this can only mean that the server was put together without its door.
function admittedOrThrow(metadata: Metadata): AdmittedCall {
  const admitted = admittedCall(metadata)
  if (admitted === undefined) throw new Error('A call reached its handler without having been let in.')
  return admitted
}
