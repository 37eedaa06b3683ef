import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import type { Identity } from '../src/identity/identity-folder.ts'

/**
 * gRPC over `node:http2` with nothing around it. The load comes from the same two cores as the service: what a full client costs more
 * than this would be missing on the other side, and would hide what is measured.
 */
export interface LeanClient {
  /** Makes a unary call with a message that is framed already; resolves with the answer's message. */
  call(path: string, framed: Buffer): Promise<Buffer>
  /** Opens a bidirectional stream. `onMessage` is given each answer. */
  converse(path: string, onMessage: (message: Buffer) => void): Conversation
  /** Opens a server stream. `onMessage` is given each message; the function returned ends it. */
  open(path: string, framed: Buffer, onMessage: (message: Buffer) => void): () => void
  close(): Promise<void>
}

/** The sending side of a bidirectional stream. */
export interface Conversation {
  /** Sends messages that are framed already, one or several in a row. */
  send(framed: Buffer): void
  /** Says that no more come, and waits for the end. */
  end(): Promise<void>
  /** Resolves when the stream has ended with OK. */
  readonly ended: Promise<void>
}

/** What gRPC puts before each message. */
export const FRAME_PREFIX_BYTES = 5
/** Receiving must not wait for the sender to be told that it may send on. */
const WINDOW_BYTES = 1 << 20
/** Of `node:http2`, which closes streams over it: 10 of what a client sends are less than three of the largest messages. */
const SESSION_MEMORY_MB = 1_000

/** Puts the prefix of gRPC before a message: not compressed, length. */
export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.alloc(FRAME_PREFIX_BYTES + message.length)
  framed.writeUInt32BE(message.length, 1)
  framed.set(message, FRAME_PREFIX_BYTES)
  return framed
}

export async function connectLean(
  port: number,
  identity: Pick<Identity, 'caPem' | 'keyPem' | 'certificatePem'>,
): Promise<LeanClient> {
  const session = connect(`https://localhost:${port}`, {
    ca: identity.caPem,
    key: identity.keyPem,
    cert: identity.certificatePem,
    settings: { initialWindowSize: WINDOW_BYTES },
    maxSessionMemory: SESSION_MEMORY_MB,
  })
  session.once('connect', () => {
    session.setLocalWindowSize(WINDOW_BYTES)
  })
  await new Promise((resolve, reject) => session.once('connect', resolve).once('error', reject))
  return {
    call: (path, framed) => callOnce(session, path, framed),
    converse: (path, onMessage) => converse(session, path, onMessage),
    open: (path, framed, onMessage) => openStream(session, path, framed, onMessage),
    close: () =>
      new Promise((resolve) => {
        // One that was cut never calls back.
        if (session.closed || session.destroyed) resolve()
        else session.close(resolve)
      }),
  }
}

function request(session: ClientHttp2Session, path: string) {
  return session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
  })
}

function callOnce(session: ClientHttp2Session, path: string, framed: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stream = request(session, path)
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    whenOk(stream, path).then(() => resolve(Buffer.concat(chunks).subarray(FRAME_PREFIX_BYTES)), reject)
    stream.end(framed)
  })
}

/** Resolves when the stream has ended with OK. */
function whenOk(stream: ClientHttp2Stream, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let status: unknown
    let message: unknown
    const note = (headers: Record<string, unknown>) => {
      status ??= headers['grpc-status']
      message ??= headers['grpc-message']
    }
    stream.on('response', note).on('trailers', note)
    stream.once('error', reject)
    // A connection that is cut ends its streams without a word. Whoever has heard the end by then is not told anew.
    stream.once('close', () => {
      reject(new Error(`${path} was closed (${String(stream.rstCode)}) before its status came`))
    })
    stream.once('end', () => {
      if (status === '0') resolve()
      else reject(new Error(`${path} answered ${String(status)}: ${decodeURIComponent(String(message))}`))
    })
  })
}

function converse(
  session: ClientHttp2Session,
  path: string,
  onMessage: (message: Buffer) => void,
): Conversation {
  const stream = request(session, path)
  const ended = whenOk(stream, path)
  // Its failure is told when the end is asked for.
  ended.catch(() => undefined)
  splitMessages(stream, onMessage)
  return {
    ended,
    send: (framed) => stream.write(framed),
    end: () => {
      stream.end()
      return ended
    },
  }
}

function openStream(
  session: ClientHttp2Session,
  path: string,
  framed: Buffer,
  onMessage: (message: Buffer) => void,
): () => void {
  const stream = request(session, path)
  stream.end(framed)
  stream.on('error', () => undefined)
  splitMessages(stream, onMessage)
  return () => {
    stream.close()
  }
}

function splitMessages(stream: ClientHttp2Stream, onMessage: (message: Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    while (pending.length >= FRAME_PREFIX_BYTES) {
      const end = FRAME_PREFIX_BYTES + pending.readUInt32BE(1)
      if (pending.length < end) return
      onMessage(pending.subarray(FRAME_PREFIX_BYTES, end))
      pending = pending.subarray(end)
    }
  })
}
