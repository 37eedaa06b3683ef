import { type ClientHttp2Session, connect } from 'node:http2'
import type { Identity } from '../src/cli/identity.ts'

/**
 * gRPC over `node:http2` with nothing around it. The load comes from the same two cores as the service: what a full client costs more
 * than this would be missing on the other side, and would hide what is measured.
 */
export interface LeanClient {
  /** Makes a unary call with a message that is framed already; resolves with the answer's message. */
  call(path: string, framed: Buffer): Promise<Buffer>
  /** Opens a server stream. `onMessage` is given each message; the function returned ends it. */
  open(path: string, framed: Buffer, onMessage: (message: Buffer) => void): () => void
  close(): Promise<void>
}

const PREFIX_BYTES = 5

/** Puts the prefix of gRPC before a message: not compressed, length. */
export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.alloc(PREFIX_BYTES + message.length)
  framed.writeUInt32BE(message.length, 1)
  framed.set(message, PREFIX_BYTES)
  return framed
}

export async function connectLean(port: number, identity: Identity): Promise<LeanClient> {
  const session = connect(`https://localhost:${port}`, {
    ca: identity.caPem,
    key: identity.keyPem,
    cert: identity.certificatePem,
  })
  await new Promise((resolve, reject) => session.once('connect', resolve).once('error', reject))
  return {
    call: (path, framed) => callOnce(session, path, framed),
    open: (path, framed, onMessage) => openStream(session, path, framed, onMessage),
    close: () => new Promise((resolve) => session.close(resolve)),
  }
}

function request(session: ClientHttp2Session, path: string, framed: Buffer) {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  stream.end(framed)
  return stream
}

function callOnce(session: ClientHttp2Session, path: string, framed: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stream = request(session, path, framed)
    const chunks: Buffer[] = []
    let status: unknown
    let message: unknown
    const note = (headers: Record<string, unknown>) => {
      status ??= headers['grpc-status']
      message ??= headers['grpc-message']
    }
    stream.on('response', note).on('trailers', note)
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.once('error', reject)
    stream.once('end', () => {
      if (status === '0') resolve(Buffer.concat(chunks).subarray(PREFIX_BYTES))
      else reject(new Error(`${path} answered ${String(status)}: ${decodeURIComponent(String(message))}`))
    })
  })
}

function openStream(
  session: ClientHttp2Session,
  path: string,
  framed: Buffer,
  onMessage: (message: Buffer) => void,
): () => void {
  const stream = request(session, path, framed)
  let pending: Buffer = Buffer.alloc(0)
  stream.on('error', () => undefined)
  stream.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    while (pending.length >= PREFIX_BYTES) {
      const end = PREFIX_BYTES + pending.readUInt32BE(1)
      if (pending.length < end) return
      onMessage(pending.subarray(PREFIX_BYTES, end))
      pending = pending.subarray(end)
    }
  })
  return () => {
    stream.close()
  }
}
