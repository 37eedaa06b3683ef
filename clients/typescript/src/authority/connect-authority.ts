import {
  type CallOptions as GrpcCallOptions,
  type ClientDuplexStream,
  type MethodDefinition,
  Metadata,
} from '@grpc/grpc-js'
import type { FeedPorts } from '../../../../src/feed/ports.ts'
import { systemFeedPorts } from '../../../../src/feed/system-ports.ts'
import { parseAddress } from '../../../../src/rpc/address.ts'
import { KEEP_ALIVE } from '../../../../src/rpc/keep-alive.ts'
import { ChanceryError, toChanceryError } from '../chancery-error.ts'
import type { ClientIdentity } from '../identity/client-identity.ts'
import { type Channels, type Lease, isUnreachable, openChannels } from './channels.ts'

/** Where the service is, and who calls. */
export interface AuthorityOptions {
  /** `HOST:PORT`, or several of one service: the next is used when one cannot be reached. The host must be a name in the service's certificate. */
  readonly address: string | readonly string[]
  /** Shown in TLS. Its `ca` says which service is trusted. When it changes, new calls go over a new connection; calls under way end on the old one. */
  readonly identity: ClientIdentity
  /** How long a call may take, in milliseconds, if it does not say otherwise. Default 5,000: an answer takes milliseconds, so this only waits out a restart. */
  readonly deadlineMs?: number
  /** After so long without a sign of life a ping is sent, while calls are open. Default 20,000: within the half minute that firewalls keep quiet flows. */
  readonly keepAliveMs?: number
  /** The name that the service's certificate must have, if not the host of the address. */
  readonly serverName?: string
  /** For tests: the clock that a pause after a failed connection is measured by. */
  readonly ports?: Pick<FeedPorts, 'elapsed'>
}

/** Of one call. */
export interface CallOptions {
  /** In milliseconds; default {@link AuthorityOptions.deadlineMs}. Streams have none unless they are given one. */
  readonly deadlineMs?: number
  /** Calls it off: the call rejects with `CANCELLED`, a stream ends. */
  readonly signal?: AbortSignal
  /** That it may be made twice: it goes to the other addresses if it cannot be told whether it arrived. Never for what claims a nonce. */
  readonly repeatable?: boolean
}

/** The service, called as one client. Methods are those of the generated `...Service` definitions. */
export interface AuthorityClient {
  readonly addresses: readonly string[]
  readonly identity: ClientIdentity
  /** Makes one call. Rejects with {@link ChanceryError}. */
  call<Request, Response>(
    method: MethodDefinition<Request, Response>,
    request: Request,
    options?: CallOptions,
  ): Promise<Response>
  /** Opens a server stream. Iterating throws {@link ChanceryError} when it breaks; it ends when the service or the signal ends it. */
  stream<Request, Response>(
    method: MethodDefinition<Request, Response>,
    request: Request,
    options?: CallOptions,
  ): AsyncIterable<Response>
  /** Opens a stream of both directions, as grpc-js has it; its errors are those of grpc-js: see {@link toChanceryError}. */
  duplex<Request, Response>(
    method: MethodDefinition<Request, Response>,
    options?: CallOptions,
  ): ClientDuplexStream<Request, Response>
  /** Takes no new calls. Those under way come to their end. */
  close(): void
}

const DEFAULT_DEADLINE_MS = 5_000

/**
 * Prepares calls of the service over mTLS. The connection is made by the first call, so that this neither waits nor fails while the service is away.
 *
 * @throws TypeError if an address is not `HOST:PORT`, or there is none
 */
export function connectAuthority(options: AuthorityOptions): AuthorityClient {
  const addresses = typeof options.address === 'string' ? [options.address] : [...options.address]
  if (addresses.length === 0) throw new TypeError('There is no address of the authority.')
  for (const address of addresses) {
    if (parseAddress(address) === undefined)
      throw new TypeError(`${address} is no address: write HOST:PORT, such as localhost:8443.`)
  }
  const { deadlineMs = DEFAULT_DEADLINE_MS, ports = systemFeedPorts } = options
  const channels = openChannels({
    addresses,
    identity: options.identity,
    serverName: options.serverName,
    keepAliveMs: options.keepAliveMs ?? KEEP_ALIVE.everyMs,
    elapsed: () => ports.elapsed(),
  })
  return {
    addresses,
    identity: options.identity,
    async call(method, request, callOptions = {}) {
      const deadline = Date.now() + (callOptions.deadlineMs ?? deadlineMs)
      for (let left = callOptions.repeatable === true ? addresses.length : 1; ; left -= 1) {
        try {
          return await callOnce(channels.lease(), method, request, deadline, callOptions.signal)
        } catch (error) {
          if (left === 1 || !isUnreachable(error)) throw error
        }
      }
    },
    stream: (method, request, callOptions = {}) => readStream(channels, method, request, callOptions),
    duplex(method, callOptions = {}) {
      const lease = channels.lease()
      const { path, requestSerialize, responseDeserialize } = method
      const stream = lease.client.makeBidiStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        new Metadata(),
        deadlineOf(callOptions),
      )
      const cancel = () => stream.cancel()
      callOptions.signal?.addEventListener('abort', cancel, { once: true })
      stream.once('status', ({ code, details, metadata }) => {
        callOptions.signal?.removeEventListener('abort', cancel)
        lease.release(toChanceryError(Object.assign(new Error(details), { code, details, metadata })))
      })
      return stream
    },
    close: () => channels.close(),
  }
}

function callOnce<Request, Response>(
  { client, release }: Lease,
  method: MethodDefinition<Request, Response>,
  request: Request,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const call = client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      new Metadata(),
      { deadline },
      (error, response) => {
        signal?.removeEventListener('abort', cancel)
        const failure = error === null ? undefined : toChanceryError(error)
        release(failure)
        if (failure instanceof Error) reject(failure)
        else resolve(response!)
      },
    )
    const cancel = () => call.cancel()
    if (signal?.aborted) cancel()
    signal?.addEventListener('abort', cancel, { once: true })
  })
}

async function* readStream<Request, Response>(
  channels: Channels,
  method: MethodDefinition<Request, Response>,
  request: Request,
  options: CallOptions,
): AsyncIterable<Response> {
  const { signal } = options
  if (signal?.aborted === true) return
  const lease = channels.lease()
  const { path, requestSerialize, responseDeserialize } = method
  const stream = lease.client.makeServerStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    request,
    new Metadata(),
    deadlineOf(options),
  )
  const cancel = () => stream.cancel()
  signal?.addEventListener('abort', cancel, { once: true })
  let failure: unknown
  try {
    for await (const message of stream as AsyncIterable<Response>) yield message
  } catch (error) {
    failure = toChanceryError(error)
    if (!isCancellation(failure, signal)) throw failure
  } finally {
    signal?.removeEventListener('abort', cancel)
    stream.cancel()
    lease.release(failure)
  }
}

function deadlineOf({ deadlineMs }: CallOptions): GrpcCallOptions {
  return deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs }
}

function isCancellation(failure: unknown, signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && failure instanceof ChanceryError && failure.reason === 'CANCELLED'
}
