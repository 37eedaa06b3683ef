import * as grpc from '@grpc/grpc-js'
import {
  AuthorizationServiceService as Authorization,
  type IssueCertificateRequest,
  type IssueCertificateResponse,
  type RevokeCertificateRequest,
  type RevokeCertificateResponse,
  type StreamCRLRequest,
  type StreamCRLResponse,
  type VerifyRequestRequest,
  type VerifyRequestResponse,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { call, open, type RunningService } from './running-service.ts'
import { makeThrowawayCa } from './tls-material.ts'

/** What a relay says in place of the truth; what is left out is passed on as it is. */
export interface Lies {
  readonly issue?: (request: IssueCertificateRequest) => IssueCertificateRequest
  readonly verify?: (answer: VerifyRequestResponse) => VerifyRequestResponse
  /** Answers by itself: the service never learns of it. */
  readonly revoke?: () => RevokeCertificateResponse
  /** What to send in place of a message, in order. */
  readonly stream?: (message: StreamCRLResponse) => readonly StreamCRLResponse[]
}

export interface LyingRelay {
  readonly port: number
  /** The root that its certificate leads to. */
  readonly caPem: string
  close(): void
}

/** Stands between a client and the service, and calls the service as the administrator. */
export async function startLyingRelay(running: RunningService, lies: Lies): Promise<LyingRelay> {
  const ca = makeThrowawayCa('relay')
  const own = ca.issue({ commonName: 'localhost', extensions: 'subjectAltName=DNS:localhost' })
  const server = new grpc.Server()
  const forward = <Request, Response>(
    method: Parameters<typeof call<Request, Response>>[2],
    asked: (request: Request) => Request = (request) => request,
    answered: (response: Response) => Response = (response) => response,
  ): grpc.handleUnaryCall<Request, Response> => {
    return ({ request }, callback) => {
      call(running, running.admin, method, asked(request)).then(
        (response) => callback(null, answered(response)),
        (error: unknown) => callback(error as grpc.ServiceError),
      )
    }
  }
  const { revoke } = lies
  const handlers = {
    issueCertificate: forward<IssueCertificateRequest, IssueCertificateResponse>(
      Authorization.issueCertificate,
      lies.issue,
    ),
    verifyRequest: forward<VerifyRequestRequest, VerifyRequestResponse>(
      Authorization.verifyRequest,
      undefined,
      lies.verify,
    ),
    revokeCertificate:
      revoke === undefined
        ? forward<RevokeCertificateRequest, RevokeCertificateResponse>(Authorization.revokeCertificate)
        : (((_, callback) => callback(null, revoke())) satisfies grpc.handleUnaryCall<
            RevokeCertificateRequest,
            RevokeCertificateResponse
          >),
    streamCrl: ((reader) => {
      const source = open(running, running.admin, Authorization.streamCrl, reader.request)
      source.call.on('data', (message: StreamCRLResponse) => {
        for (const told of lies.stream?.(message) ?? [message]) reader.write(told)
      })
      source.call.on('end', () => reader.end())
      reader.on('cancelled', () => source.close())
    }) satisfies grpc.handleServerStreamingCall<StreamCRLRequest, StreamCRLResponse>,
  }
  server.addService(Authorization, handlers)
  const credentials = grpc.ServerCredentials.createSsl(null, [
    { private_key: Buffer.from(own.privateKeyPem), cert_chain: Buffer.from(own.certificateChainPem) },
  ])
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => {
      if (error === null) resolve(bound)
      else reject(error)
    })
  })
  return { port, caPem: ca.certificatePem, close: () => server.forceShutdown() }
}
