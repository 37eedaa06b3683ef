/**
 * gRPC servers on grpc-js.
 *
 * @packageDocumentation
 */
import {
  type Metadata,
  type ServerInterceptor,
  type ServiceDefinition,
  ServerInterceptingCall,
  status,
} from '@grpc/grpc-js'
import { grpcRefusal } from './http/grpc-refusal.ts'
import { type Guard, type GuardOptions, type RouteDemand, createGuard } from './http/guard.ts'
import type { ReceivedRequest } from './http/received-request.ts'
import type { RequestVerifier } from './verifier/request-verifier.ts'
import type { Allowed } from './verifier/verification.ts'

/** How the methods of a server are guarded. */
export interface GrpcGuardOptions extends Omit<GuardOptions, 'bodyTimeoutMs' | 'maxBodyBytes' | 'proxy'> {
  /** What each method needs, by its path: `/bob.v1.Users/Get`. A method that is not here is refused. */
  readonly methods: Readonly<Record<string, RouteDemand>>
  /** Paths of methods whose client streams, and where a signature over the start of the call is enough: nobody signs the messages. Default none. */
  readonly unsignedStreams?: readonly string[] | undefined
  /** `http` for a server without TLS. Default `https`. */
  readonly scheme?: 'http' | 'https' | undefined
}

type Parse = (octets: Buffer) => unknown

const parsers = new WeakMap<object, Parse>()
const found = new WeakMap<Metadata, Allowed>()

/** The same service, with messages left as octets until {@link createGrpcGuard} has judged them: `server.addService(guardedService(UsersService), …)`. Handlers see no difference. */
export function guardedService<Definition extends ServiceDefinition>(definition: Definition): Definition {
  const methods = Object.entries(definition).map(([name, method]) => {
    const requestDeserialize = (octets: Buffer) => octets
    parsers.set(requestDeserialize, method.requestDeserialize)
    return [name, { ...method, requestDeserialize }]
  })
  return Object.fromEntries(methods) as Definition
}

/** Who made a call, in its handler. `undefined` only where no guard let it through. */
export function callerOf(call: { readonly metadata: Metadata }): Allowed | undefined {
  return found.get(call.metadata)
}

/**
 * Makes the interceptor of a server, which judges each call as docs/protocol.md says under "Signed gRPC calls": `new Server({ interceptors: [createGrpcGuard(verifier, { methods })] })`.
 *
 * @throws DomainError SCOPE_MALFORMED, FIELD_INVALID for a demand that no call could meet
 */
export function createGrpcGuard(verifier: RequestVerifier, options: GrpcGuardOptions): ServerInterceptor {
  const { methods, unsignedStreams = [], scheme = 'https' } = options
  const guards = new Map(
    Object.entries(methods).map(([path, demand]) => [path, createGuard(verifier, options, demand)]),
  )
  return (method, call) => {
    const guard = guards.get(method.path)
    const parse = parsers.get(method.requestDeserialize)
    let received: ReceivedRequest | undefined
    let metadata: Metadata | undefined
    // A call that was refused, or whose message is being judged, is not gone on with.
    let isOver = false
    let judging: Promise<unknown> = Promise.resolve()

    const end = (status: Parameters<typeof call.sendStatus>[0]) => {
      if (isOver) return
      isOver = true
      call.sendStatus(status)
    }
    const judge = async (octets: Buffer | undefined, incomplete = false): Promise<boolean> => {
      const body = incomplete
        ? ({ kind: 'incomplete' } as const)
        : octets && octets.length > 0
          ? ({ kind: 'bytes', bytes: octets } as const)
          : undefined
      const guarded = await guard!.judge(received!, body)
      if ('refused' in guarded) end(grpcRefusal(guarded.refused))
      else found.set(metadata!, guarded.allowed)
      return 'allowed' in guarded
    }
    /** One after the other, in the order of the call; what is behind something that was refused does not happen. */
    const then = (next: () => Promise<void> | void) => {
      judging = judging
        .then(() => (isOver ? undefined : next()))
        .catch(() => {
          end({ code: status.INTERNAL, details: 'The call could not be judged.' })
        })
    }

    return new ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMetadata(given, pass) {
            metadata = given
            then(async () => {
              if (!guard || !parse) {
                const details = guard ? 'METHOD_NOT_GUARDED' : 'METHOD_NOT_LISTED'
                end({ code: status.PERMISSION_DENIED, details })
                return
              }
              received = readCall(method.path, given, call, scheme)
              const waits = guard.needsBody(received) && !method.requestStream
              const isCut =
                guard.needsBody(received) && method.requestStream && !unsignedStreams.includes(method.path)
              if (waits || (await judge(undefined, isCut))) pass(given)
            })
          },
          onReceiveMessage(octets: Buffer, pass) {
            then(async () => {
              const isJudged = found.has(metadata!)
              if (isJudged || (await judge(octets))) pass(parse!(octets))
            })
          },
          onReceiveHalfClose(pass) {
            then(pass)
          },
        })
      },
    })
  }
}

type Call = Parameters<ServerInterceptor>[1]

function readCall(path: string, metadata: Metadata, call: Call, scheme: 'http' | 'https'): ReceivedRequest {
  const headers = Object.entries(metadata.toHttp2Headers()).flatMap(([name, value]) =>
    [value].flat().map((one) => ({ name, value: Buffer.from(String(one), 'latin1') })),
  )
  const certificate = call.getAuthContext().sslPeerCertificate
  const chain = certificate ? [certificate.raw] : []
  return {
    method: 'POST',
    target: path,
    authority: call.getHost(),
    scheme,
    headers,
    chain,
    forwardedIn: undefined,
  }
}

export type { Guard, RouteDemand }
