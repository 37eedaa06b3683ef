import type { Readable } from 'node:stream'
import { MAX_BUFFERED_BODY_BYTES } from '../limits.ts'

/** What became of a body: its octets, or why they are not there. */
export type CapturedBody =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  /** Larger than is read before a decision. */
  | { readonly kind: 'too_large' }
  /** Not there within the time. */
  | { readonly kind: 'too_slow' }
  /** The sender went away, or somebody has read of it already. */
  | { readonly kind: 'incomplete' }
  /** So many bodies are being read that there is no room. */
  | { readonly kind: 'no_room' }

/** Octets that all bodies which are being read hold, in this process. */
let buffered = 0

/**
 * Reads a body to its end and puts it back, so that whoever reads the stream next finds it as if nobody had. Reads from the paused stream: it must not flow, because what has flowed to its
 * end cannot be put back.
 *
 * @param complete - True once the sender has sent all of it, and not only gone away.
 */
export function captureBody(
  stream: Readable,
  { maxBodyBytes, bodyTimeoutMs }: { readonly maxBodyBytes: number; readonly bodyTimeoutMs: number },
  complete: () => boolean,
): Promise<CapturedBody> {
  if (stream.readableDidRead || stream.readableFlowing === true)
    return Promise.resolve({ kind: 'incomplete' })
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const timer = setTimeout(() => {
      done({ kind: 'too_slow' })
    }, bodyTimeoutMs)

    function done(captured: CapturedBody): void {
      clearTimeout(timer)
      stream.off('readable', take)
      stream.off('close', gone)
      stream.off('error', gone)
      buffered -= length
      resolve(captured)
    }

    function gone(): void {
      done({ kind: 'incomplete' })
    }

    function take(): void {
      for (
        let chunk = stream.read() as Buffer | null;
        chunk !== null;
        chunk = stream.read() as Buffer | null
      ) {
        length += chunk.length
        buffered += chunk.length
        chunks.push(chunk)
        if (length > maxBodyBytes) {
          done({ kind: 'too_large' })
          return
        }
        if (buffered > MAX_BUFFERED_BODY_BYTES) {
          done({ kind: 'no_room' })
          return
        }
      }
      if (!complete()) return
      const bytes = Buffer.concat(chunks)
      // In this very turn: after the next one the stream has ended, and takes nothing back.
      if (bytes.length > 0) stream.unshift(bytes)
      done({ kind: 'bytes', bytes })
    }

    stream.on('readable', take)
    stream.on('close', gone)
    stream.on('error', gone)
  })
}
