import type { CapturedBody } from './capture-body.ts'
import type { ReceivedRequest } from './received-request.ts'

/** Reads a `Request` of the web, as far as it says what was sent. */
export function readWebRequest(request: Request, chain: readonly Uint8Array[]): ReceivedRequest {
  const url = new URL(request.url)
  const fields = [...request.headers].map(([name, value]) => ({ name, value: Buffer.from(value, 'latin1') }))
  return {
    method: request.method,
    target: url.pathname + url.search,
    authority: request.headers.get('host') ?? url.host,
    scheme: url.protocol === 'http:' ? 'http' : 'https',
    headers: fields,
    chain,
    forwardedIn: undefined,
  }
}

/** Reads a body to its end, or as far as it may go. */
export async function readWebBody(
  request: Request,
  { maxBodyBytes, bodyTimeoutMs }: { readonly maxBodyBytes: number; readonly bodyTimeoutMs: number },
): Promise<CapturedBody> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) return { kind: 'too_large' }
  if (request.bodyUsed || request.body === null) return { kind: 'incomplete' }
  const reader = (request.body as ReadableStream<Uint8Array>).getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  const late = new AbortController()
  const timer = setTimeout(() => {
    late.abort()
    void reader.cancel().catch(() => undefined)
  }, bodyTimeoutMs)
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      length += next.value.length
      if (length > maxBodyBytes) {
        void reader.cancel().catch(() => undefined)
        return { kind: 'too_large' }
      }
      chunks.push(next.value)
    }
    return late.signal.aborted ? { kind: 'too_slow' } : { kind: 'bytes', bytes: Buffer.concat(chunks) }
  } catch {
    return { kind: late.signal.aborted ? 'too_slow' : 'incomplete' }
  } finally {
    clearTimeout(timer)
  }
}
