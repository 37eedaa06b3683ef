import { X509Certificate } from 'node:crypto'
import * as grpc from '@grpc/grpc-js'
import type { Caller, Log } from '../../src/authority/ports.ts'
import type { DenyReason } from '../../src/core/decision/deny-reason.ts'
import { DomainError } from '../../src/core/errors.ts'
import { BadRequest, ErrorInfo } from '../../src/gen/google/rpc/error_details.ts'
import { Status } from '../../src/gen/google/rpc/status.ts'
import type { Authenticator } from '../../src/grpc/authenticate.ts'
import type { BoundService } from '../../src/grpc/handler.ts'
import { type GrpcServer, createGrpcServer } from '../../src/grpc/server.ts'
import { type ServerCredentials, createServerCredentials } from '../../src/grpc/server-credentials.ts'
import { PATIENCE_MS } from './patience.ts'
import { type KeyAndChain, type ThrowawayCa, makeThrowawayCa } from './tls-material.ts'

const SERVER_NAMES = 'subjectAltName=DNS:localhost,IP:127.0.0.1'

/** What the fake authenticator knows about clients, by common name. */
export interface FakeClients {
  readonly scopes: Map<string, readonly string[]>
  readonly revoked: Set<string>
  /** Said of a client's certificate instead of what is in it. */
  readonly notAfter: Map<string, Date>
  /** Called before each answer: lets a test put itself between authentication and registration. */
  onAuthenticate?: () => void | Promise<void>
}

/** A server on a real socket with a throwaway CA and a client book that the test edits. */
export interface GrpcFixture {
  readonly ca: ThrowawayCa
  readonly server: GrpcServer
  readonly credentials: ServerCredentials
  readonly clients: FakeClients
  readonly port: number
  readonly logLines: Record<string, unknown>[]
  readonly counted: { method: string; code: string }[]
  /** An identity of this CA that the client book knows. */
  identity(commonName: string, scopes: readonly string[]): KeyAndChain
  serverIdentity(): KeyAndChain
  channel(identity: KeyAndChain | undefined): grpc.ChannelCredentials
  close(): Promise<void>
}

export async function startGrpcFixture(services: readonly BoundService[]): Promise<GrpcFixture> {
  const ca = makeThrowawayCa('test ca')
  const serverIdentity = () => ca.issue({ commonName: 'localhost', extensions: SERVER_NAMES })
  const credentials = createServerCredentials(serverIdentity())
  const clients: FakeClients = { scopes: new Map(), revoked: new Set(), notAfter: new Map() }
  const logLines: Record<string, unknown>[] = []
  const counted: { method: string; code: string }[] = []
  const write = (fields: Readonly<Record<string, unknown>>, message: string) => {
    logLines.push({ ...fields, msg: message })
  }
  const log: Log = { info: write, warn: write, error: write }
  let requests = 0
  const server = createGrpcServer({
    credentials,
    authenticator: fakeAuthenticator(ca, clients),
    services,
    log,
    metrics: {
      callStarted: () => undefined,
      callEnded: (method, code) => counted.push({ method, code }),
    },
    newRequestId: () => `request-${++requests}`,
  })
  const { port } = await server.bind({ host: '127.0.0.1', port: 0 })
  return {
    ca,
    server,
    credentials,
    clients,
    port,
    logLines,
    counted,
    serverIdentity,
    identity(commonName, scopes) {
      clients.scopes.set(commonName, scopes)
      return ca.issue({ commonName })
    },
    channel: (identity) =>
      grpc.credentials.createSsl(
        Buffer.from(ca.certificatePem),
        identity === undefined ? null : Buffer.from(identity.privateKeyPem),
        identity === undefined ? null : Buffer.from(identity.certificateChainPem),
      ),
    close: () => server.drain(0),
  }
}

/** Stands in for the authority's own path validation: one CA, one level, Node's own checks. */
function fakeAuthenticator(ca: ThrowawayCa, clients: FakeClients): Authenticator {
  const issuer = new X509Certificate(ca.certificatePem)
  const refuse = (reason: 'CALLER_UNAUTHENTICATED' | 'CALLER_REVOKED', deny: DenyReason): never => {
    throw new DomainError(reason, `Refused by the fixture: ${deny}.`, { deny_reason: deny })
  }
  return {
    async authenticate(chainDer): Promise<Caller> {
      await clients.onAuthenticate?.()
      const leaf = new X509Certificate(chainDer[0]!)
      if (!leaf.verify(issuer.publicKey)) refuse('CALLER_UNAUTHENTICATED', 'ISSUER_UNKNOWN')
      if (leaf.validToDate < new Date()) refuse('CALLER_UNAUTHENTICATED', 'CERTIFICATE_EXPIRED')
      const clientId = leaf.subject.replace('CN=', '')
      if (clients.revoked.has(clientId)) refuse('CALLER_REVOKED', 'CERTIFICATE_REVOKED')
      const scopes = clients.scopes.get(clientId) ?? []
      const notAfter = clients.notAfter.get(clientId) ?? leaf.validToDate
      const serialNumber = leaf.serialNumber.toLowerCase()
      return { clientId, scopes, authorityId: 'test', serialNumber, notAfter }
    },
  }
}

/** What a failed call told its caller. */
export interface Refusal {
  readonly code: grpc.status
  readonly reason: string | undefined
  readonly metadata: Readonly<Record<string, string>>
  readonly field: string | undefined
  readonly details: string
}

/** Reads the google.rpc details of a failed call. */
export function refusalOf(error: unknown): Refusal {
  const { code, metadata, details } = error as grpc.ServiceError
  const raw = metadata.get('grpc-status-details-bin')[0]
  const status = raw === undefined ? undefined : Status.decode(raw as Buffer)
  const find = (name: string) => status?.details.find(({ typeUrl }) => typeUrl.endsWith(`.${name}`))?.value
  const info = find('ErrorInfo')
  const bad = find('BadRequest')
  const errorInfo = info === undefined ? undefined : ErrorInfo.decode(info)
  return {
    code,
    details,
    reason: errorInfo?.reason.replace('ERROR_REASON_', ''),
    metadata: errorInfo?.metadata ?? {},
    field: bad === undefined ? undefined : BadRequest.decode(bad).fieldViolations[0]?.field,
  }
}

/** Calls a unary method on a channel of its own; rejects with grpc-js's ServiceError. */
export function callUnary<Request, Response>(
  fixture: Pick<GrpcFixture, 'port'>,
  channel: grpc.ChannelCredentials,
  method: {
    path: string
    requestSerialize: (request: Request) => Buffer
    responseDeserialize: (bytes: Buffer) => Response
  },
  request: Request,
  options: grpc.CallOptions & { metadata?: grpc.Metadata } = {},
): Promise<Response> {
  const client = new grpc.Client(`localhost:${fixture.port}`, channel, ISOLATED)
  return new Promise<Response>((resolve, reject) => {
    client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      options.metadata ?? new grpc.Metadata(),
      { deadline: Date.now() + PATIENCE_MS, ...options },
      (error, response) => {
        if (error) reject(error)
        else resolve(response!)
      },
    )
  }).finally(() => {
    client.close()
  })
}

/** Channels of their own connection: grpc-js would share one between clients with equal credentials. */
export const ISOLATED = {
  'grpc.use_local_subchannel_pool': 1,
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
} as const

/** An open stream, with what came in so far. */
export interface OpenStream<Response> {
  readonly messages: Response[]
  /** The next message, also one that came in before it was asked for. Rejects when the stream ends first. */
  next(): Promise<Response>
  /** How the stream ended: grpc-js's error, or `undefined` for OK. */
  readonly ended: Promise<unknown>
  readonly call: grpc.ClientReadableStream<Response>
  close(): void
}

/** Opens a server stream on a channel of its own. `paused`: nothing is read until `call.resume()`. */
export function openStream<Request, Response>(
  fixture: Pick<GrpcFixture, 'port'>,
  channel: grpc.ChannelCredentials,
  method: {
    path: string
    requestSerialize: (request: Request) => Buffer
    responseDeserialize: (bytes: Buffer) => Response
  },
  request: Request,
  { paused = false, deadline = Date.now() + PATIENCE_MS }: { paused?: boolean; deadline?: number } = {},
): OpenStream<Response> {
  const client = new grpc.Client(`localhost:${fixture.port}`, channel, ISOLATED)
  const call = client.makeServerStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    request,
    new grpc.Metadata(),
    { deadline },
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
  if (!paused) {
    call.on('data', (message: Response) => {
      messages.push(message)
      wake.resolve(undefined)
      wake = Promise.withResolvers()
    })
  }
  return {
    messages,
    call,
    ended,
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
