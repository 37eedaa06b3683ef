import { assertNever, fieldInvalid } from '../errors.ts'
import {
  MAX_AUTHORITY_LENGTH,
  MAX_BODY_BYTES,
  MAX_DETACHED_MESSAGE_BYTES,
  MAX_FORWARDED_BYTES,
  MAX_HEADER_BYTES,
  MAX_HEADER_FIELDS,
  MAX_HEADER_NAME_LENGTH,
  MAX_HEADER_VALUE_BYTES,
  MAX_METHOD_LENGTH,
  MAX_TARGET_BYTES,
} from '../limits.ts'
import type {
  Credential,
  DetachedCredential,
  ForwardedCredential,
  OfferedChain,
  PresentedCredential,
} from '../request/credential.ts'
import {
  FORWARDED_HEADERS,
  findForwardedHeader,
} from '../request/forwarded-certificate/forwarded-certificate.ts'
import type { HeaderField, HttpRequest } from '../request/http-request.ts'
import type { RequestScheme } from '../request/rfc9421/http-message.ts'

/** A credential as a call carries it. */
export type OfferedCredential =
  OfferedHttpSignature | OfferedDetachedSignature | OfferedCertificate | OfferedToken

export interface OfferedCertificate {
  readonly kind: 'presented_certificate'
  readonly chain: OfferedChain
  /** Set if the certificate came in a proxy's header. */
  readonly forwarded: OfferedForward | undefined
}

/** A token, and the certificate that was proved beside it, if any. */
export interface OfferedToken {
  readonly kind: 'bearer_token'
  readonly token: string
  readonly certificate: OfferedCertificate | undefined
}

/** A proxy's header as a call carries it. */
export interface OfferedForward {
  readonly header: string
  readonly value: Uint8Array
  readonly chainValue: Uint8Array
}

export interface OfferedHttpSignature {
  readonly kind: 'http_signature'
  readonly profile: 'unspecified' | 'simple' | 'rfc9421'
  /** Absent: `https`. */
  readonly scheme?: RequestScheme
  readonly request: HttpRequest
}

/** `signed` is absent if neither message nor digest was set; an empty `nonce` is none. */
export type OfferedDetachedSignature = Omit<DetachedCredential, 'kind' | 'signed' | 'nonce'> & {
  readonly kind: 'detached_signature'
  readonly signed: DetachedCredential['signed'] | undefined
  readonly nonce: string
}

/**
 * Checks what the resource server is responsible for: that exactly one kind of credential is there, and the documented limits. What its
 * client wrote into it is for the decision.
 *
 * @throws {@link DomainError} FIELD_INVALID
 */
export function checkCredential(offered: OfferedCredential | undefined): Credential {
  switch (offered?.kind) {
    case undefined:
      throw fieldInvalid('credential', 'Exactly one credential must be set.')
    case 'http_signature':
      return checkHttpSignature(offered)
    case 'detached_signature':
      return checkDetachedSignature(offered)
    case 'presented_certificate':
      return checkCertificate(offered)
    case 'bearer_token': {
      const { token, certificate } = offered
      return { kind: 'bearer', token, certificate: certificate && checkCertificate(certificate) }
    }
    default:
      return assertNever(offered)
  }
}

function checkCertificate({
  forwarded,
  chain,
}: OfferedCertificate): ForwardedCredential | PresentedCredential {
  return forwarded ? checkForwarded(forwarded, chain) : { kind: 'presented', chain }
}

function checkForwarded(offered: OfferedForward, chain: OfferedChain): ForwardedCredential {
  const field = 'presented_certificate.forwarded'
  if (chain.length > 0) {
    throw fieldInvalid(field, 'certificate_chain_der and forwarded must not both be set.')
  }
  const header = findForwardedHeader(offered.header)
  if (!header) {
    throw fieldInvalid(`${field}.header`, `${field}.header must be one of ${FORWARDED_HEADERS.join(', ')}.`)
  }
  const { value, chainValue } = offered
  if (value.length + chainValue.length > MAX_FORWARDED_BYTES) {
    throw fieldInvalid(
      `${field}.value`,
      `value and chain_value must be at most ${MAX_FORWARDED_BYTES} octets together.`,
    )
  }
  if (chainValue.length > 0 && header !== 'client-cert') {
    throw fieldInvalid(`${field}.chain_value`, 'chain_value goes with Client-Cert only.')
  }
  return { kind: 'forwarded', header, value, chainValue }
}

function checkHttpSignature({ profile, scheme = 'https', request }: OfferedHttpSignature): Credential {
  checkRequestLimits(request)
  checkHeaderLimits(request.headers)
  const hasSignatureInput = request.headers.some(({ name }) => name.toLowerCase() === 'signature-input')
  if (profile === 'rfc9421' || (profile === 'unspecified' && hasSignatureInput)) {
    return { kind: 'rfc9421', request, scheme }
  }
  return { kind: 'simple', request }
}

function checkRequestLimits({ method, target, authority, body }: HttpRequest): void {
  checkText('http_signature.method', method, MAX_METHOD_LENGTH)
  checkText('http_signature.target', target, MAX_TARGET_BYTES)
  checkText('http_signature.authority', authority, MAX_AUTHORITY_LENGTH)
  if (body.kind === 'bytes' && body.bytes.length > MAX_BODY_BYTES) {
    throw fieldInvalid(
      'http_signature.body_bytes',
      `body_bytes must be at most ${MAX_BODY_BYTES} octets; send body_sha256.`,
    )
  }
  if (body.kind === 'sha256') checkDigest('http_signature.body_sha256', body.digest)
}

function checkText(field: string, text: string, maxLength: number): void {
  if (text === '' || text.length > maxLength)
    throw fieldInvalid(field, `${field} must be 1 to ${maxLength} characters.`)
}

function checkHeaderLimits(headers: readonly HeaderField[]): void {
  const field = 'http_signature.headers'
  if (headers.length > MAX_HEADER_FIELDS)
    throw fieldInvalid(field, `${field} must be at most ${MAX_HEADER_FIELDS}.`)
  let total = 0
  for (const { name, value } of headers) {
    if (name === '' || name.length > MAX_HEADER_NAME_LENGTH || value.length > MAX_HEADER_VALUE_BYTES) {
      throw fieldInvalid(
        field,
        `A header name must be 1 to ${MAX_HEADER_NAME_LENGTH} characters, its value at most ${MAX_HEADER_VALUE_BYTES} octets.`,
      )
    }
    total += name.length + value.length
  }
  if (total > MAX_HEADER_BYTES)
    throw fieldInvalid(field, `${field} must be at most ${MAX_HEADER_BYTES} octets in all.`)
}

function checkDetachedSignature(offered: OfferedDetachedSignature): Credential {
  const { signed, nonce, signedAt } = offered
  if (!signed)
    throw fieldInvalid('detached_signature.signed', 'Exactly one of message and digest must be set.')
  if (signed.kind === 'message' && signed.bytes.length > MAX_DETACHED_MESSAGE_BYTES) {
    throw fieldInvalid(
      'detached_signature.message',
      `message must be at most ${MAX_DETACHED_MESSAGE_BYTES} octets.`,
    )
  }
  if (signed.kind === 'sha256') checkDigest('detached_signature.digest', signed.digest)
  if (nonce !== '' && signedAt === undefined) {
    throw fieldInvalid('detached_signature.signed_at', 'signed_at must be set with nonce.')
  }
  return { ...offered, kind: 'detached', signed, nonce: nonce === '' ? undefined : nonce }
}

function checkDigest(field: string, digest: Uint8Array): void {
  if (digest.length !== 32) throw fieldInvalid(field, `${field} must be the 32 octets of a SHA-256.`)
}
