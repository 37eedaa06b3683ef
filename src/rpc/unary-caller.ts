import type { MethodDefinition } from '@grpc/grpc-js'

/** Calls the service as someone. */
export interface UnaryCaller {
  /** Makes one call and returns its answer. */
  call<Request, Response>(method: MethodDefinition<Request, Response>, request: Request): Promise<Response>
}
