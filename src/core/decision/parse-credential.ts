import type { EcdsaEncoding } from '../x509/signature-form.ts'
import { MalformedError, assertNever } from '../errors.ts'
import { MAX_SIGNATURE_BYTES } from '../limits.ts'
import type {
  BearerCredential,
  CertificateCredential,
  DetachedCredential,
  MessageCredential,
  OfferedChain,
  SignedData,
} from '../request/credential.ts'
import {
  type ForwardedCertificate,
  parseForwardedCertificate,
} from '../request/forwarded-certificate/forwarded-certificate.ts'
import type { NamedDigests } from '../request/body-digest.ts'
import type { HttpRequest } from '../request/http-request.ts'
import { parseMessageSignature } from '../request/rfc9421/message-profile.ts'
import { type SimpleSignature, parseSimpleSignature, signatureBase } from '../request/simple-profile.ts'
import { type Denial, deny, isDenial } from './denial.ts'
import { checkChainLength } from './verified-path.ts'

/** A credential that was read: certificates, and for all but a presented certificate the proof of the key. */
export interface ParsedCredential {
  readonly chain: OfferedChain
  readonly proof: Proof | undefined
}

/** A signature and what it claims. */
export interface Proof {
  readonly signature: Uint8Array
  /** As named, known or not. Absent: the default of the key. */
  readonly algorithm: string | undefined
  readonly encoding: EcdsaEncoding
  /** What must be signed and is not, where that is the signer's choice. */
  readonly uncovered: readonly string[] | undefined
  readonly signedAt: Date | undefined
  /** When the signer says that the signature ends, if it does. */
  readonly expiresAt: Date | undefined
  readonly nonce: string | undefined
  readonly content: SignedContent
}

/** What was signed: given as it is, or made from an HTTP request once its body is hashed. */
export type SignedContent =
  | { readonly kind: 'given'; readonly data: SignedData }
  | { readonly kind: 'http'; readonly request: HttpRequest; readonly signature: SimpleSignature }
  | {
      readonly kind: 'message'
      readonly request: HttpRequest
      readonly signature: { readonly namedDigests: NamedDigests; readonly base: Uint8Array }
    }

/** Reads a credential that is a certificate and perhaps a proof. */
export function parseCredential(credential: CertificateCredential): ParsedCredential | Denial {
  const parsed = parseKind(credential)
  return isDenial(parsed) ? parsed : (checkChainLength(parsed.chain) ?? checkProof(parsed.proof) ?? parsed)
}

/**
 * Reads the certificate beside a token; `undefined` if there is none. That there is a token is looked at too, so that nobody who sent nothing is told
 * that it is malformed.
 */
export function parseBesideToken({
  token,
  certificate,
}: BearerCredential): OfferedChain | undefined | Denial {
  if (token === '') return deny('CREDENTIAL_MISSING', 'There is no token.')
  if (certificate === undefined) return undefined
  const parsed = parseCredential(certificate)
  if (!isDenial(parsed)) return parsed.chain
  return parsed.denied === 'CREDENTIAL_MISSING' ? undefined : parsed
}

function parseKind(credential: CertificateCredential): ParsedCredential | Denial {
  switch (credential.kind) {
    case 'presented':
      return { chain: credential.chain, proof: undefined }
    case 'forwarded':
      return parseForwarded(credential)
    case 'detached':
      return parseDetached(credential)
    case 'simple':
      return parseSimple(credential.request)
    case 'rfc9421':
      return parseMessage(credential)
    default:
      return assertNever(credential)
  }
}

/** Reads what a trusted proxy forwarded. Whether the proxy is trusted is for the caller to have asked. */
function parseForwarded(certificate: ForwardedCertificate): ParsedCredential | Denial {
  try {
    return { chain: parseForwardedCertificate(certificate), proof: undefined }
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    return deny(
      error.defect === 'forwarded.missing' ? 'CREDENTIAL_MISSING' : 'CREDENTIAL_MALFORMED',
      `The forwarded certificate cannot be read: ${error.message}.`,
    )
  }
}

const DER_ONLY = { encoding: 'der', uncovered: undefined, expiresAt: undefined } as const

function parseDetached(credential: DetachedCredential): ParsedCredential {
  const { chain, signature, algorithm, signedAt, nonce, signed } = credential
  const content = { kind: 'given', data: signed } as const
  return { chain, proof: { ...DER_ONLY, signature, algorithm, signedAt, nonce, content } }
}

function parseSimple(request: HttpRequest): ParsedCredential | Denial {
  try {
    const signature = parseSimpleSignature(request)
    const { signedAt, nonce } = signature
    const content = { kind: 'http', request, signature } as const
    return {
      chain: signature.chain,
      proof: { ...DER_ONLY, signature: signature.signature, algorithm: undefined, signedAt, nonce, content },
    }
  } catch (error) {
    return denyUnreadable(error)
  }
}

function parseMessage({ request, scheme }: MessageCredential): ParsedCredential | Denial {
  try {
    const { chain, ...signature } = parseMessageSignature(request, scheme)
    const content = { kind: 'message', request, signature } as const
    return { chain, proof: { ...signature, encoding: 'p1363', content } }
  } catch (error) {
    return denyUnreadable(error)
  }
}

function denyUnreadable(error: unknown): Denial {
  if (!(error instanceof MalformedError)) throw error
  const missing = error.defect === 'credential.header_missing'
  return deny(
    missing ? 'CREDENTIAL_MISSING' : 'CREDENTIAL_MALFORMED',
    `The signed request cannot be read: ${error.message}.`,
  )
}

function checkProof(proof: Proof | undefined): Denial | undefined {
  if (!proof) return undefined
  if (proof.signature.length === 0) return deny('CREDENTIAL_MISSING', 'There is no signature.')
  if (proof.signature.length > MAX_SIGNATURE_BYTES) {
    return deny('CREDENTIAL_MALFORMED', `The signature has more than ${MAX_SIGNATURE_BYTES} octets.`)
  }
  // Where the signer chooses what is signed, a missing time is one of the things that it left out.
  if (proof.nonce !== undefined && proof.signedAt === undefined && !proof.uncovered?.length) {
    return deny('CREDENTIAL_MALFORMED', 'There is a nonce without the time of the signature.')
  }
  return undefined
}

/** The octets that an HTTP signature is over, given the SHA-256 of the body. */
export function httpSignedData(
  content: Exclude<SignedContent, { kind: 'given' }>,
  bodySha256: Uint8Array,
): SignedData {
  if (content.kind === 'message') return { kind: 'message', bytes: content.signature.base }
  const { request, signature } = content
  return { kind: 'message', bytes: signatureBase(request, bodySha256, signature.timestamp, signature.nonce) }
}
