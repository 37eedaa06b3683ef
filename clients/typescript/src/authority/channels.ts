import { type ChannelOptions, Client } from '@grpc/grpc-js'
import { MAX_GRPC_MESSAGE_BYTES } from '../../../../src/core/limits.ts'
import { parseAddress } from '../../../../src/rpc/address.ts'
import { createChannelCredentials } from '../../../../src/rpc/channel-credentials.ts'
import { KEEP_ALIVE } from '../../../../src/rpc/keep-alive.ts'
import type { ChanceryErrorReason } from '../chancery-error-reason.ts'
import { ChanceryError } from '../chancery-error.ts'
import type { ClientIdentity } from '../identity/client-identity.ts'

/** A channel for one call. */
export interface Lease {
  readonly client: Client
  /** To be called once, when the call is over, with what it rejected with, if it did. */
  readonly release: (failure: unknown) => void
}

/** The channels to the service: one at a time, and those before it while their calls last. */
export interface Channels {
  /** @throws ChanceryError the last failure again, if it was a moment ago */
  lease(): Lease
  close(): void
}

/** How the channels are made. */
export interface ChannelPlan {
  readonly addresses: readonly string[]
  readonly identity: ClientIdentity
  readonly serverName: string | undefined
  readonly keepAliveMs: number
  /** Milliseconds since some instant. Never goes back. */
  elapsed(): number
}

/** After a connection failed calls fail for so long without a try: a loop of calls must not become a loop of handshakes. */
const RECONNECT_PAUSE_MS = 100

const UNREACHABLE: ReadonlySet<ChanceryErrorReason> = new Set<ChanceryErrorReason>([
  'UNREACHABLE',
  'TLS_FAILED',
  'DEADLINE_EXCEEDED',
])

interface Channel {
  readonly client: Client
  calls: number
  retired: boolean
}

/**
 * Keeps a channel that shows the current certificate. It is made by the first call that needs it, and replaced when the identity changes, so that each
 * call is made with a key and a certificate that belong together; the old channel is closed when its last call is over. One that does not get through is replaced
 * too, by one to the next address: left alone it would wait ever longer before it tries again, and would try also when nobody calls.
 */
export function openChannels(plan: ChannelPlan): Channels {
  let current: Channel | undefined
  let address = 0
  let closed = false
  let lastFailure: { readonly error: ChanceryError; readonly at: number } | undefined

  function retire(): void {
    if (current === undefined) return
    current.retired = true
    closeIfIdle(current)
    current = undefined
  }

  function judge(channel: Channel, failure: unknown): void {
    if (channel !== current || !isUnreachable(failure)) return
    retire()
    address = (address + 1) % plan.addresses.length
    // One slow answer does not say that nobody is there, and between two addresses there is nothing to wait for.
    if (failure.reason !== 'DEADLINE_EXCEEDED' && address === 0)
      lastFailure = { error: failure, at: plan.elapsed() }
  }

  const unsubscribe = plan.identity.subscribe(retire)
  return {
    lease() {
      if (closed) throw new Error('This client of the authority was closed.')
      if (lastFailure && plan.elapsed() < lastFailure.at + RECONNECT_PAUSE_MS) throw lastFailure.error
      lastFailure = undefined
      const channel = (current ??= { client: connect(plan, address), calls: 0, retired: false })
      channel.calls += 1
      return {
        client: channel.client,
        release(failure) {
          channel.calls -= 1
          judge(channel, failure)
          closeIfIdle(channel)
        },
      }
    },
    close() {
      closed = true
      unsubscribe()
      retire()
    },
  }
}

/** No answer of the service itself: the connection is at fault, or nobody knows. */
export function isUnreachable(error: unknown): error is ChanceryError {
  return error instanceof ChanceryError && UNREACHABLE.has(error.reason)
}

function closeIfIdle(channel: Channel): void {
  if (channel.retired && channel.calls === 0) channel.client.close()
}

function connect({ addresses, identity, serverName, keepAliveMs }: ChannelPlan, address: number): Client {
  const { tls, caPem } = identity.current()
  if (tls === undefined) {
    throw new TypeError('The key of this identity is behind a function, and TLS needs the key itself.')
  }
  const options: ChannelOptions = {
    'grpc.max_receive_message_length': MAX_GRPC_MESSAGE_BYTES,
    'grpc.keepalive_time_ms': keepAliveMs,
    'grpc.keepalive_timeout_ms': KEEP_ALIVE.timeoutMs,
    'grpc.enable_channelz': 0,
    ...(serverName === undefined
      ? {}
      : { 'grpc.ssl_target_name_override': serverName, 'grpc.default_authority': serverName }),
  }
  // With another name to go by, an address names nothing.
  const host = serverName ?? parseAddress(addresses[address]!)?.host ?? ''
  const ssl = createChannelCredentials(host, {
    caPem: caPem === undefined ? undefined : Buffer.from(caPem),
    keyPem: Buffer.from(tls.keyPem),
    certificatePem: Buffer.from(tls.certificatePem),
  })
  return new Client(addresses[address]!, ssl, options)
}
