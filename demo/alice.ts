import { type KeyObject, createHash, randomBytes, sign } from 'node:crypto'

/** What Alice holds: her key, which never left her, and the certificate that she was issued. */
export interface AliceIdentity {
  readonly key: KeyObject
  /** DER, leaf first. */
  readonly chainDer: readonly Uint8Array[]
}

/** A request as Alice sends it. */
export interface SignedRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Signs a request in the simple profile of docs/protocol.md. On purpose with nothing of Chancery: six lines joined by line
 * feeds, one signature, four header fields.
 */
export function signAsAlice(
  { key, chainDer }: AliceIdentity,
  method: string,
  url: URL,
  body = '',
): SignedRequest {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const nonce = randomBytes(18).toString('base64url')
  const digest = createHash('sha256').update(body).digest('hex')
  const base = [method, url.pathname + url.search, url.host, digest, timestamp, nonce].join('\n')
  return {
    method,
    url,
    body,
    headers: {
      'X-Client-Cert': chainDer.map((der) => Buffer.from(der).toString('base64')).join(','),
      'X-Timestamp': timestamp,
      'X-Nonce': nonce,
      'X-Signature': sign('sha256', Buffer.from(base), key).toString('base64'),
    },
  }
}

/** Sends it, and returns the status of the answer. */
export async function send({ method, url, headers, body }: SignedRequest): Promise<number> {
  const response = await fetch(url, { method, headers, ...(body === '' ? {} : { body }) })
  await response.arrayBuffer()
  return response.status
}
