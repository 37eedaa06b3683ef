import type { StreamCRLRequest, StreamCRLResponse } from '../gen/chancery/v1/authorization_service.ts'

/** What the feed needs from the outside, so that tests can hand in their own. */
export interface FeedPorts {
  /** The clock on the wall, which may be wrong and may jump. */
  now(): Date
  /** Milliseconds since some instant. Never goes back. */
  elapsed(): number
  /** Runs `callback` once, not before `milliseconds` have passed. Returns a function that calls it off. */
  after(milliseconds: number, callback: () => void): () => void
  /** Unpredictable octets. */
  randomBytes(length: number): Uint8Array
  /** Lets others run before it resolves. */
  pause(): Promise<void>
}

/** Opens StreamCRL. The stream ends when the service, the network or the signal ends it; an error is a reason to try again. */
export type OpenStream = (request: StreamCRLRequest, signal: AbortSignal) => AsyncIterable<StreamCRLResponse>
