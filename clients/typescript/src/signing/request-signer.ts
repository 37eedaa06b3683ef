import type { RequestBody } from '../../../../src/core/request/http-request.ts'
import { IdentityError } from '../../../../src/identity/identity-error.ts'
import { parseRequestLine } from '../../../../src/identity/request-line.ts'
import { type SignatureProfile, signRequest } from '../../../../src/identity/sign-request.ts'
import { type Authorized, type OutgoingRequest, type RequestAuthorizer, isUnread } from '../authorizer.ts'
import type { ClientIdentity } from '../identity/client-identity.ts'

/** How requests are signed. */
export interface RequestSignerOptions {
  /** Whose key signs; the certificate in force at that moment is sent along. */
  readonly identity: ClientIdentity
  /** `rfc9421` (HTTP message signatures, the default: it signs the certificate too) or `simple`. */
  readonly profile?: SignatureProfile
  /** The instant of a signature. Default: this machine's clock, which may differ from the verifier's by 30 s. */
  readonly now?: () => Date
}

/** Signs requests with the key of a certificate. No network is needed for it. */
export interface RequestSigner extends RequestAuthorizer {
  readonly profile: SignatureProfile
  /** Header fields of one signature. It is good for this request alone, once, for a minute: sign again to send again. */
  authorize(request: OutgoingRequest): Promise<Authorized>
  /** A signature that was refused is refused: always `undefined`. */
  reauthorize(request: OutgoingRequest, refused: Authorized): Promise<undefined>
}

/**
 * Makes a signer of requests.
 *
 * Its `authorize` rejects with IdentityError `REQUEST_UNSENDABLE` for a method or URL that HTTP would not send as it is, and for a body that it cannot
 * read; and with whatever the function behind the key rejects with.
 */
export function createRequestSigner({
  identity,
  profile = 'rfc9421',
  now = () => new Date(),
}: RequestSignerOptions): RequestSigner {
  return {
    profile,
    async authorize({ method, url, body }) {
      const line = parseRequestLine(method, String(url))
      const { credential } = identity.current()
      return {
        credential: 'certificate',
        headers: await signRequest(profile, credential, line, toBody(body), now()),
      }
    },
    reauthorize: () => Promise.resolve(undefined),
  }
}

function toBody(body: OutgoingRequest['body']): RequestBody {
  if (body === undefined) return { kind: 'absent' }
  if (isUnread(body)) {
    throw new IdentityError(
      'REQUEST_UNSENDABLE',
      'The body is a stream, and a signature is over all of it.',
      'Read it into memory first, or name its SHA-256.',
    )
  }
  if (typeof body === 'string') return { kind: 'bytes', bytes: Buffer.from(body, 'utf8') }
  return body instanceof Uint8Array ? { kind: 'bytes', bytes: body } : { kind: 'sha256', digest: body.sha256 }
}
