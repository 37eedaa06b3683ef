import type { NamedAlgorithm } from '../x509/named-signature.ts'
import { MalformedError, assertNever } from '../errors.ts'
import { MAX_SIGNATURE_BYTES } from '../limits.ts'
import type { Credential, DetachedCredential, OfferedChain, SignedData } from '../request/credential.ts'
import {
  type ForwardedCertificate,
  parseForwardedCertificate,
} from '../request/forwarded-certificate/forwarded-certificate.ts'
import type { HttpRequest } from '../request/http-request.ts'
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
  /** Absent: the default of the key. */
  readonly algorithm: NamedAlgorithm | undefined
  readonly signedAt: Date | undefined
  readonly nonce: string | undefined
  readonly content: SignedContent
}

/** What was signed: given as it is, or made from an HTTP request once its body is hashed. */
export type SignedContent =
  | { readonly kind: 'given'; readonly data: SignedData }
  | { readonly kind: 'http'; readonly request: HttpRequest; readonly signature: SimpleSignature }

/** Reads a credential. */
export function parseCredential(credential: Credential): ParsedCredential | Denial {
  const parsed = parseKind(credential)
  return isDenial(parsed) ? parsed : (checkChainLength(parsed.chain) ?? checkProof(parsed.proof) ?? parsed)
}

function parseKind(credential: Credential): ParsedCredential | Denial {
  switch (credential.kind) {
    case 'presented':
      return { chain: credential.chain, proof: undefined }
    case 'forwarded':
      return parseForwarded(credential)
    case 'detached':
      return parseDetached(credential)
    case 'simple':
      return parseSimple(credential.request)
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

function parseDetached(credential: DetachedCredential): ParsedCredential {
  const { chain, signature, algorithm, signedAt, nonce, signed } = credential
  return { chain, proof: { signature, algorithm, signedAt, nonce, content: { kind: 'given', data: signed } } }
}

function parseSimple(request: HttpRequest): ParsedCredential | Denial {
  try {
    const signature = parseSimpleSignature(request)
    const { signedAt, nonce } = signature
    const content = { kind: 'http', request, signature } as const
    return {
      chain: signature.chain,
      proof: { signature: signature.signature, algorithm: undefined, signedAt, nonce, content },
    }
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    const missing = error.defect === 'credential.header_missing'
    return deny(
      missing ? 'CREDENTIAL_MISSING' : 'CREDENTIAL_MALFORMED',
      `The signed request cannot be read: ${error.message}.`,
    )
  }
}

function checkProof(proof: Proof | undefined): Denial | undefined {
  if (!proof) return undefined
  if (proof.signature.length === 0) return deny('CREDENTIAL_MISSING', 'There is no signature.')
  if (proof.signature.length > MAX_SIGNATURE_BYTES) {
    return deny('CREDENTIAL_MALFORMED', `The signature has more than ${MAX_SIGNATURE_BYTES} octets.`)
  }
  if (proof.nonce !== undefined && proof.signedAt === undefined) {
    return deny('CREDENTIAL_MALFORMED', 'There is a nonce without the time of the signature.')
  }
  return undefined
}

/** The octets that an HTTP signature is over, given the SHA-256 of the body. */
export function httpSignedData(
  content: Extract<SignedContent, { kind: 'http' }>,
  bodySha256: Uint8Array,
): SignedData {
  const { request, signature } = content
  return { kind: 'message', bytes: signatureBase(request, bodySha256, signature.timestamp, signature.nonce) }
}
