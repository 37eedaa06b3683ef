import { Metadata, status } from '@grpc/grpc-js'
import { ErrorInfo, RetryInfo } from '../../../../src/gen/google/rpc/error_details.ts'
import { Status } from '../../../../src/gen/google/rpc/status.ts'
import type { Refusal } from './refusal.ts'

/** `domain` of the `google.rpc.ErrorInfo` with which a resource server says why it refuses a call. */
const REFUSAL_DOMAIN = 'chancery.resource'

const CODES: ReadonlyMap<number, status> = new Map([
  [400, status.INVALID_ARGUMENT],
  [401, status.UNAUTHENTICATED],
  [403, status.PERMISSION_DENIED],
])

/** The end of a call that is refused: the refusal of a request in the words of gRPC, its code also as `reason` in the trailers, where programs look for it. */
export function grpcRefusal({ status: httpStatus, headers, body }: Refusal) {
  const { code: reason, required_scopes: scopes } = JSON.parse(body) as {
    readonly code: string
    readonly required_scopes?: readonly string[]
  }
  const code = CODES.get(httpStatus) ?? status.UNAVAILABLE
  const more: Record<string, string> = scopes === undefined ? {} : { required_scopes: scopes.join(' ') }
  const info = ErrorInfo.encode({ reason, domain: REFUSAL_DOMAIN, metadata: more }).finish()
  const details = [pack('ErrorInfo', info)]
  const retryAfter = headers['retry-after']
  if (retryAfter !== undefined) {
    const retryDelay = { seconds: BigInt(retryAfter), nanos: 0 }
    details.push(pack('RetryInfo', RetryInfo.encode({ retryDelay }).finish()))
  }
  const metadata = new Metadata()
  const packed = Status.encode({ code, message: reason, details }).finish()
  metadata.set('grpc-status-details-bin', Buffer.from(packed))
  return { code, details: reason, metadata }
}

function pack(name: string, value: Uint8Array) {
  return { typeUrl: `type.googleapis.com/google.rpc.${name}`, value: Buffer.from(value) }
}
