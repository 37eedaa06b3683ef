import { encodeUtf8, equalBytes } from '../../bytes.ts'
import { sha256Base64Url } from '../../crypto.ts'
import { MalformedError } from '../../errors.ts'
import { type NamedDigests, bodyDigest, namedBodyDigests } from '../body-digest.ts'
import { parseClientCertHeader } from '../client-cert-header.ts'
import type { OfferedChain } from '../credential.ts'
import { type HttpRequest, checkRequestLine, indexHeaders, requiredHeader } from '../http-request.ts'
import type { InnerList } from '../structured-field/value.ts'
import { KNOWN_FIELD_TYPES, type RequestMessage, type RequestScheme } from './http-message.ts'
import { buildSignatureBase } from './signature-base.ts'
import {
  type LabelledSignature,
  type SignatureParameters,
  labelsWithTag,
  parseSignatureFields,
  readSignatureParameters,
  selectSignature,
} from './signature-input.ts'

/** What the one signature that is for us is tagged with. */
export const SIGNATURE_TAG = 'chancery'

/**
 * A request signed by our profile of RFC 9421 (docs/protocol.md): `X-Client-Cert` as in the simple profile, and one signature tagged
 * `chancery`, whose ECDSA form is r and s side by side. Other signatures are none of our business.
 */
export interface MessageSignature {
  readonly chain: OfferedChain
  readonly signature: Uint8Array
  /** As sent, known or not. */
  readonly algorithm: string | undefined
  readonly signedAt: Date | undefined
  readonly expiresAt: Date | undefined
  /** As sent: its form is checked by a step of its own. */
  readonly nonce: string | undefined
  /** What must be signed and is not: components in quotes, parameters without. Anything here is a denial. */
  readonly uncovered: readonly string[]
  readonly namedDigests: NamedDigests
  readonly base: Uint8Array
}

/**
 * Reads the credential out of a request.
 *
 * @throws {@link MalformedError} `credential.header_missing` if there is no certificate or no signature of ours; other `credential.*`,
 * `signature.*`, `component.*` and `structured_field.*` if something cannot be read
 */
export function parseMessageSignature(request: HttpRequest, scheme: RequestScheme): MessageSignature {
  const headers = indexHeaders(request.headers)
  const certificates = requiredHeader(headers, 'x-client-cert')
  const { input, signature } = ownSignature(headers)
  checkRequestLine(request)
  const chain = parseClientCertHeader(certificates)
  const parameters = readSignatureParameters(input.parameters)
  checkKeyId(parameters, chain)
  checkSpan(parameters)
  const { method, target, authority } = request
  const message = { method, target, authority, scheme, headers }
  return {
    chain,
    signature,
    algorithm: parameters.alg,
    signedAt: toDate(parameters.created),
    expiresAt: toDate(parameters.expires),
    nonce: parameters.nonce,
    uncovered: [...uncoveredComponents(input, request), ...missingParameters(parameters)],
    namedDigests: namedBodyDigests(headers),
    base: messageSignatureBase(input, message),
  }
}

/** The octets that a signature is over. */
export function messageSignatureBase(
  input: InnerList,
  message: Pick<RequestMessage, 'method' | 'target' | 'authority' | 'scheme' | 'headers'>,
): Uint8Array {
  return encodeUtf8(buildSignatureBase(input, { kind: 'request', ...message, fieldTypes: KNOWN_FIELD_TYPES }))
}

/** How `keyid` names a certificate: base64url of the SHA-256 of its DER, as in `x5t#S256` of RFC 8705. */
export function certificateKeyId(der: Uint8Array): string {
  return sha256Base64Url(der)
}

/** The components that a request must be signed over, by whether it has a body. */
export function requiredComponents(hasBody: boolean): readonly string[] {
  return ['@method', '@authority', '@path', '@query', 'x-client-cert', ...(hasBody ? ['content-digest'] : [])]
}

function ownSignature(headers: RequestMessage['headers']): LabelledSignature {
  const fields = parseSignatureFields(headers)
  const labels = fields ? labelsWithTag(fields, SIGNATURE_TAG) : []
  const [label] = labels
  if (labels.length > 1)
    throw new MalformedError('signature.ambiguous', `two signatures have the tag ${SIGNATURE_TAG}`)
  const selected = fields && label !== undefined ? selectSignature(fields, label) : undefined
  if (!selected)
    throw new MalformedError(
      'credential.header_missing',
      `there is no signature with the tag ${SIGNATURE_TAG}`,
    )
  return selected
}

/** Beside the certificate that came along it is a repetition; naming another one, it is a contradiction. */
function checkKeyId({ keyid }: SignatureParameters, [leaf]: OfferedChain): void {
  if (keyid !== undefined && leaf && keyid !== certificateKeyId(leaf))
    throw new MalformedError('signature.keyid', 'keyid is not the thumbprint of the certificate')
}

function checkSpan({ created, expires }: SignatureParameters): void {
  if (created !== undefined && expires !== undefined && expires <= created)
    throw new MalformedError('signature.span', 'the signature expires before it is made')
}

/** Only the whole value counts, which a component with parameters may not be. */
function uncoveredComponents({ items }: InnerList, request: HttpRequest): readonly string[] {
  const covered = new Set<string>()
  for (const { value, parameters } of items) {
    if (value.kind === 'string' && parameters.size === 0) covered.add(value.text)
  }
  const required = [...requiredComponents(hasBody(request))]
  // Of `*` and of a whole URI, path and query are not all that there is: a server may route them elsewhere.
  if (!request.target.startsWith('/')) required.push('@request-target')
  return required.filter((name) => !covered.has(name)).map((name) => `"${name}"`)
}

function hasBody({ body }: HttpRequest): boolean {
  switch (body.kind) {
    case 'absent':
      return false
    case 'bytes':
      return body.bytes.length > 0
    case 'sha256':
      return !equalBytes(body.digest, bodyDigest({ kind: 'absent' }))
  }
}

function missingParameters(parameters: SignatureParameters): readonly string[] {
  return (['created', 'expires', 'nonce', 'keyid', 'alg'] as const).filter(
    (name) => parameters[name] === undefined,
  )
}

function toDate(seconds: number | undefined): Date | undefined {
  return seconds === undefined ? undefined : new Date(seconds * 1000)
}
