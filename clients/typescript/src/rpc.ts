import type { ClientDuplexStream, MethodDefinition } from '@grpc/grpc-js'

/** What verifying needs of a connection to the authority. */
export interface AuthorityRpc {
  /** One call and its answer. */
  call<Request, Response>(
    method: MethodDefinition<Request, Response>,
    request: Request,
    options: { readonly deadlineMs: number },
  ): Promise<Response>
  /** A stream of answers, until the service, the network or the signal ends it. */
  stream<Request, Response>(
    method: MethodDefinition<Request, Response>,
    request: Request,
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<Response>
  /** A stream both ways, as grpc-js has it, without a deadline. */
  duplex<Request, Response>(
    method: MethodDefinition<Request, Response>,
  ): ClientDuplexStream<Request, Response>
}
