import type {
  OfferedCertificate,
  OfferedCredential,
} from '../../../../src/core/decision/offered-credential.ts'
import type { ForwardedHeader } from '../../../../src/core/request/forwarded-certificate/forwarded-certificate.ts'
import { type HeaderField, type RequestBody, joinField } from '../../../../src/core/request/http-request.ts'
import { findBearerToken, isSigned } from '../../../../src/core/request/offered-proof.ts'
import type { RequestScheme } from '../../../../src/core/request/rfc9421/http-message.ts'

/** A request as it came, without its body. */
export interface ReceivedRequest {
  /** As sent. */
  readonly method: string
  /** As in the request line: nothing decoded, rewritten or cut off. */
  readonly target: string
  /** Host, or `:authority`; of several, all of them after commas, which is none. */
  readonly authority: string
  readonly scheme: RequestScheme
  /** Every field line, in order. */
  readonly headers: readonly HeaderField[]
  /** What TLS proved at this server, leaf first; empty without. */
  readonly chain: readonly Uint8Array[]
  /** The header in which the proxy that is connected forwards a certificate; `undefined` if what is connected is no trusted proxy. */
  readonly forwardedIn: ForwardedHeader | undefined
}

/** True if the body of the request is signed, and has to be read before the decision. */
export function needsBody({ headers }: Pick<ReceivedRequest, 'headers'>): boolean {
  return isSigned(headers)
}

/**
 * What a request is to be judged by: its signature, if it tries to be signed; else its token, with the certificate that was proved beside it; else that certificate. What
 * comes first decides alone: one that fails is not made good by another.
 */
export function credentialOf(
  request: ReceivedRequest,
  body: { readonly body: RequestBody; readonly bodyTruncated: boolean },
): OfferedCredential {
  const { method, target, authority, headers, scheme } = request
  const token = findBearerToken(headers)
  const certificate = certificateOf(request)
  if (token !== undefined) return { kind: 'bearer_token', token, certificate }
  if (certificate && !isSigned(headers)) return certificate
  return {
    kind: 'http_signature',
    profile: 'unspecified',
    scheme,
    request: { method, target, authority, headers, ...body },
  }
}

/** Behind a proxy, the certificate of the connection is the proxy's own. */
function certificateOf({
  chain,
  forwardedIn: header,
  headers,
}: ReceivedRequest): OfferedCertificate | undefined {
  if (header !== undefined) {
    const value = joinField(headers, header)
    const chainValue = header === 'client-cert' ? joinField(headers, 'client-cert-chain') : new Uint8Array(0)
    return { kind: 'presented_certificate', chain: [], forwarded: { header, value, chainValue } }
  }
  return chain.length === 0 ? undefined : { kind: 'presented_certificate', chain, forwarded: undefined }
}
