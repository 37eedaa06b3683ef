import { randomBytes } from 'node:crypto'
import { formatBase64 } from '../core/bytes.ts'
import { sha256 } from '../core/crypto.ts'
import { DEFAULT_AGE_WINDOW_SECONDS } from '../core/limits.ts'
import { composeSignatureInput } from '../core/request/rfc9421/compose-signature.ts'
import { certificateKeyId, messageSignatureBase } from '../core/request/rfc9421/message-profile.ts'
import { serializeMember } from '../core/request/structured-field/serialize.ts'
import type { Identity } from './identity.ts'
import { parsePrivateKey, signWithKey } from './private-key.ts'
import { decodePem } from './read-input.ts'
import { type HeaderPair, NONCE_BYTES, type RequestLine } from './sign-request.ts'

const LABEL = 'chancery'

/** Signs a request by the RFC 9421 profile of docs/protocol.md; the result is the header fields to send with it. */
export async function signMessage(
  identity: Identity,
  request: RequestLine,
  body: Uint8Array,
  now: Date,
): Promise<readonly HeaderPair[]> {
  const key = parsePrivateKey(identity.keyPem, `${identity.directory}/key.pem`)
  const chain = decodePem(identity.certificatePem.toString('latin1'), 'CERTIFICATE')
  const hasBody = body.length > 0
  const headers: HeaderPair[] = [
    ['X-Client-Cert', chain.map((der) => formatBase64(der)).join(',')],
    ...(hasBody ? [['Content-Digest', `sha-256=:${formatBase64(sha256(body))}:`] as const] : []),
  ]
  const created = Math.floor(now.getTime() / 1000)
  const input = composeSignatureInput(hasBody, {
    created,
    expires: created + DEFAULT_AGE_WINDOW_SECONDS,
    nonce: randomBytes(NONCE_BYTES).toString('base64url'),
    keyid: certificateKeyId(chain[0]!),
    alg: key.algorithm,
  })
  const base = messageSignatureBase(input, {
    ...request,
    headers: new Map(headers.map(([name, value]) => [name.toLowerCase(), [value]])),
  })
  const signature = await signWithKey(key, base, 'ieee-p1363')
  return [
    ...headers,
    ['Signature-Input', `${LABEL}=${serializeMember(input)}`],
    ['Signature', `${LABEL}=:${formatBase64(signature)}:`],
  ]
}
