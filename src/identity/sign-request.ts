import { randomBytes } from 'node:crypto'
import { formatBase64 } from '../core/bytes.ts'
import { DEFAULT_AGE_WINDOW_SECONDS } from '../core/limits.ts'
import { bodyDigest } from '../core/request/body-digest.ts'
import type { RequestBody } from '../core/request/http-request.ts'
import { composeSignatureInput } from '../core/request/rfc9421/compose-signature.ts'
import { messageSignatureBase } from '../core/request/rfc9421/message-profile.ts'
import { signatureBase } from '../core/request/simple-profile.ts'
import { serializeMember } from '../core/request/structured-field/serialize.ts'
import { concatSignature } from '../core/token/concat-signature.ts'
import type { HeaderPair, RequestLine } from './request-line.ts'
import type { SigningCredential } from './signing-credential.ts'

/** The profiles of docs/protocol.md. */
export type SignatureProfile = 'rfc9421' | 'simple'

const LABEL = 'chancery'
const NONCE_BYTES = 18

/** Signs a request; the result is the header fields to send with it. `absent` and an empty body are the same. */
export function signRequest(
  profile: SignatureProfile,
  credential: SigningCredential,
  request: RequestLine,
  body: RequestBody,
  now: Date,
): Promise<readonly HeaderPair[]> {
  const sign = profile === 'simple' ? signSimple : signMessage
  return sign(credential, request, body, Math.floor(now.getTime() / 1000), newNonce())
}

async function signMessage(
  { key, certificateHeader, keyId }: SigningCredential,
  request: RequestLine,
  body: RequestBody,
  created: number,
  nonce: string,
): Promise<readonly HeaderPair[]> {
  const hasBody = body.kind === 'bytes' ? body.bytes.length > 0 : body.kind === 'sha256'
  const headers: HeaderPair[] = [
    ['X-Client-Cert', certificateHeader],
    ...(hasBody ? [['Content-Digest', `sha-256=:${formatBase64(bodyDigest(body))}:`] as const] : []),
  ]
  const input = composeSignatureInput(hasBody, {
    created,
    expires: created + DEFAULT_AGE_WINDOW_SECONDS,
    nonce,
    keyid: keyId,
    alg: key.algorithm,
  })
  const base = messageSignatureBase(input, {
    ...request,
    headers: new Map(headers.map(([name, value]) => [name.toLowerCase(), [value]])),
  })
  const signature = concatSignature(key.algorithm, await key.sign(base))
  return [
    ...headers,
    ['Signature-Input', `${LABEL}=${serializeMember(input)}`],
    ['Signature', `${LABEL}=:${formatBase64(signature)}:`],
  ]
}

async function signSimple(
  { key, certificateHeader }: SigningCredential,
  request: RequestLine,
  body: RequestBody,
  signedAt: number,
  nonce: string,
): Promise<readonly HeaderPair[]> {
  const timestamp = String(signedAt)
  const signature = await key.sign(signatureBase(request, bodyDigest(body), timestamp, nonce))
  return [
    ['X-Client-Cert', certificateHeader],
    ['X-Timestamp', timestamp],
    ['X-Nonce', nonce],
    ['X-Signature', formatBase64(signature)],
  ]
}

function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64url')
}
