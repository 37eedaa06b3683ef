import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import { TLSSocket } from 'node:tls'
import { MAX_CHAIN_CERTIFICATES } from '../../../../src/core/limits.ts'
import type { HeaderField } from '../../../../src/core/request/http-request.ts'
import type { ReceivedRequest } from './received-request.ts'

/** A request of `node:http`, `node:https` or `node:http2`, as frameworks on Node hand it on; Express keeps the target as it was sent apart. */
export type NodeRequest = (IncomingMessage | Http2ServerRequest) & { readonly originalUrl?: string }

const chains = new WeakMap<TLSSocket, readonly Uint8Array[]>()

/** Reads a request from its raw lines: what Node makes of repeated ones is not what a signature is over. */
export function readNodeRequest(request: NodeRequest): ReceivedRequest {
  const headers = readLines(request.rawHeaders)
  const { socket } = request
  const isTls = 'encrypted' in socket && socket.encrypted
  return {
    method: request.method ?? '',
    target: request.originalUrl ?? request.url ?? '',
    authority: authorityOf(headers),
    scheme: isTls ? 'https' : 'http',
    headers: headers.filter(({ name }) => !name.startsWith(':')),
    chain: chainOf(socket),
    forwardedIn: undefined,
  }
}

/** True if the framing says that there is a body, RFC 9112 section 6.3; over HTTP/2, if the stream did not end with the header. */
export function hasBody(request: NodeRequest): boolean {
  const { headers } = request
  if ('stream' in request) return !request.stream.endAfterHeaders
  if (headers['transfer-encoding'] !== undefined) return true
  return headers['content-length'] !== undefined && headers['content-length'] !== '0'
}

/** True once the sender has sent all of the body. Over HTTP/2, `complete` waits for somebody to have read it, when nothing can be put back any more. */
export function isWhole(request: NodeRequest): boolean {
  if (!('stream' in request)) return request.complete
  const { readableEnded, aborted, rstCode } = request.stream
  return readableEnded && !aborted && rstCode === 0
}

function readLines(raw: readonly string[]): readonly HeaderField[] {
  return Array.from({ length: raw.length / 2 }, (_, i) => ({
    name: raw[2 * i]!,
    value: Buffer.from(raw[2 * i + 1]!, 'latin1'),
  }))
}

/** Of Host twice, or another than `:authority`, both after a comma and a blank: no authority has those. */
function authorityOf(headers: readonly HeaderField[]): string {
  const said = headers
    .filter(({ name }) => name === ':authority' || name.toLowerCase() === 'host')
    .map(({ name, value }) => ({ name, text: Buffer.from(value).toString('latin1') }))
  const [first] = said
  const isTwice = said.filter(({ name }) => name !== ':authority').length > 1
  if (first !== undefined && !isTwice && said.every(({ text }) => text === first.text)) return first.text
  return said.map(({ text }) => text).join(', ')
}

/** The certificates that the peer proved and sent. They are those of the connection: what they are good for now is asked on every request. */
function chainOf(socket: IncomingMessage['socket']): readonly Uint8Array[] {
  if (!(socket instanceof TLSSocket)) return []
  const known = chains.get(socket)
  if (known) return known
  const chain: Uint8Array[] = []
  let certificate = socket.getPeerX509Certificate()
  while (certificate !== undefined && chain.length < MAX_CHAIN_CERTIFICATES) {
    chain.push(certificate.raw)
    certificate = certificate.issuerCertificate
  }
  chains.set(socket, chain)
  return chain
}
