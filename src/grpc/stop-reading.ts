import { type ServerHttp2Stream, constants } from 'node:http2'
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js'

interface Internals {
  readonly stream?: ServerHttp2Stream
}

/**
 * Tells the caller to send no more of a request that is answered already (RFC 9113 section 8.1: RST_STREAM with NO_ERROR after the answer). grpc-js
 * reads what is left and throws it away, which made a message over the limit the most expensive one. There is no public way to the
 * stream; a test holds this against the pinned version, and should it stop working, the rest is read as before.
 */
export function stopReading(call: ServerInterceptingCallInterface): void {
  const { stream } = call as Internals
  // Not before the answer is on its way: a reset would overtake it.
  setImmediate(() => {
    if (stream?.state.state === constants.NGHTTP2_STREAM_STATE_HALF_CLOSED_LOCAL) stream.close()
  })
}
