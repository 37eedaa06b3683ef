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
import { MAX_STREAM_STALL_MS, MAX_UNARY_CALL_MS, MAX_UNWRITTEN_ANSWERS } from '../core/limits.ts'
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
      const request = decode(reader as unknown as Buffer)
      // Generated decoders stop at an end-group tag and take what came before for the whole message.
      return reader.pos === reader.len ? { request } : { malformed: true }
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
    const readNext = readOnDemand(call)
    async function* requests() {
      readNext()
      for await (const decoded of call as AsyncIterable<Decoded>) {
        yield requestOf(decoded)
        readNext()
      }
    }
    writeTogether(call)
    run(admitted, () => pump(method(requests(), admitted.context), call, admitted, MAX_UNWRITTEN_ANSWERS))
  }
}

/**
 * Lets a stream read one message for each call of the function returned. Node's streams would read 16 ahead of a method that asks for none, each of
 * up to the largest message.
 */
function readOnDemand(call: ServerDuplexStream<Decoded, unknown>): () => void {
  const read = call._read.bind(call)
  let wanted = false
  let held = false
  call._read = (size) => {
    if (wanted) {
      wanted = false
      read(size)
    } else {
      held = true
    }
  }
  return () => {
    if (held) {
      held = false
      read(1)
    } else {
      wanted = true
    }
  }
}

/** Hands messages that wait to HTTP/2 together: one by one, each would wait for the socket write of the one before. */
function writeTogether(call: ServerDuplexStream<Decoded, unknown>): void {
  call._writev = (chunks, callback) => {
    for (const [i, { chunk, encoding }] of chunks.entries()) {
      call._write(chunk, encoding, i === chunks.length - 1 ? callback : () => undefined)
    }
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
 * Writes what a method yields, at most `maxUnwritten` messages at once: the method is asked for the next when HTTP/2 has taken enough of the
 * last ones, so that a slow reader holds those and never a queue.
 */
async function pump(
  messages: AsyncIterable<unknown>,
  sink: MessageSink,
  admitted: AdmittedCall,
  maxUnwritten = 1,
): Promise<void> {
  const { context, end } = admitted
  const iterator = messages[Symbol.asyncIterator]()
  const writes = createWrites(sink, admitted)
  try {
    while (!end.ended) {
      const next = await untilAborted(iterator.next(), context.signal)
      if (next.done === true) break
      writes.add(next.value)
      await writes.fewerThan(maxUnwritten)
    }
    await writes.fewerThan(1)
  } finally {
    // Not awaited: a method that waits for something else than its signal must not hold up the end of the call.
    void Promise.resolve(iterator.return?.()).catch(() => undefined)
  }
}

/** The messages that HTTP/2 has not taken yet. */
function createWrites(sink: MessageSink, { context, end }: AdmittedCall) {
  let unwritten = 0
  let wanted = 0
  let written: PromiseWithResolvers<undefined> | undefined
  return {
    add(message: unknown): void {
      unwritten++
      sink.write(message, (error) => {
        unwritten--
        if (error) written?.reject(error)
        else if (unwritten < wanted) written?.resolve(undefined)
      })
    },
    /** Waits, for as long as a reader may stall, until fewer than that many are left. */
    async fewerThan(count: number): Promise<void> {
      if (unwritten < count) return
      wanted = count
      written = Promise.withResolvers()
      // A write may fail after the wait was given up.
      written.promise.catch(() => undefined)
      const timer = setTimeout(() => {
        end.stop(
          new DomainError('RATE_LIMITED', 'The stream was not read for too long.', { limit: 'stream_stall' }),
        )
      }, MAX_STREAM_STALL_MS)
      await untilAborted(written.promise, context.signal).finally(() => {
        clearTimeout(timer)
      })
    },
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
