import { formatBase64, parseBase64 } from '../../src/core/bytes.ts'
import { createCertificateCache } from '../../src/core/decision/certificate-cache.ts'
import type { DecisionContext, DecisionQuery, Freshness } from '../../src/core/decision/decision.ts'
import type { DenyReason } from '../../src/core/decision/deny-reason.ts'
import type { Standing } from '../../src/core/decision/revocation-source.ts'
import { createTrustBundle } from '../../src/core/decision/trust-bundle.ts'
import type { Credential } from '../../src/core/request/credential.ts'
import type { ForwardedHeader } from '../../src/core/request/forwarded-certificate/forwarded-certificate.ts'
import type { HttpRequest } from '../../src/core/request/http-request.ts'
import type { NamedAlgorithm } from '../../src/core/x509/named-signature.ts'
import { parseCertificate } from '../../src/core/x509/certificate.ts'
import type { CrlReason } from '../../src/core/x509/types.ts'
import { createListedRevocation, createMemoryReplayGuard } from './decision-fixture.ts'

/** `test/vectors/decision.json` as `decision.schema.json` describes it. Octets are base64, instants RFC 3339. */
export interface DecisionSuite {
  readonly comment: string
  readonly flags: Readonly<Record<string, string>>
  /** Test keys, PKCS #8. They protect nothing. */
  readonly keys: Readonly<Record<string, string>>
  readonly trust: {
    readonly trust_domain: string
    readonly scope_extension_oid: string
    readonly authorities: readonly {
      readonly id: string
      readonly role: 'root' | 'issuing'
      readonly certificate: string
    }[]
  }
  readonly settings: { readonly age_window_seconds: number; readonly clock_skew_seconds: number }
  readonly tests: readonly DecisionVector[]
}

export interface DecisionVector {
  readonly id: string
  readonly comment: string
  readonly flags: readonly string[]
  readonly at: string
  readonly credential: VectorCredential
  readonly required_scopes: readonly string[]
  readonly match: 'all' | 'any'
  readonly audience?: string
  readonly freshness?: { readonly at_least_crl_number: number } | { readonly max_staleness_seconds: number }
  /** By serial number; everything else is good and its client active. */
  readonly standings?: Readonly<Record<string, VectorStanding>>
  readonly used_nonces?: readonly { readonly key_sha256: string; readonly nonce: string }[]
  readonly expect: VectorExpectation
}

export interface VectorExpectation {
  readonly decision: 'ALLOW' | 'DENY'
  readonly deny_reason?: DenyReason
  readonly client_id?: string
  readonly missing_scopes?: readonly string[]
}

export interface VectorStanding {
  readonly standing: Standing['standing']
  readonly client_state?: 'active' | 'locked' | 'missing'
  readonly reason?: CrlReason
  readonly revoked_at?: string
}

interface HttpVectorCredential {
  readonly kind: 'simple'
  readonly method: string
  readonly target: string
  readonly authority: string
  /** Values as text in which each character is one octet. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: string
  readonly body_sha256?: string
  readonly body_truncated?: boolean
}

export type VectorCredential =
  | HttpVectorCredential
  | {
      readonly kind: 'detached'
      readonly chain: readonly string[]
      readonly message?: string
      readonly digest?: string
      readonly signature: string
      readonly algorithm?: NamedAlgorithm
      readonly nonce?: string
      readonly signed_at?: string
    }
  | (Omit<HttpVectorCredential, 'kind'> & { readonly kind: 'rfc9421'; readonly scheme: 'https' | 'http' })
  | { readonly kind: 'presented'; readonly chain: readonly string[] }
  | {
      readonly kind: 'forwarded'
      readonly header: ForwardedHeader
      /** Text in which each character is one octet, as `chain_value`. */
      readonly value: string
      readonly chain_value?: string
    }

/** Writes a credential in the form of the vectors. */
export function encodeCredential(credential: Credential): VectorCredential {
  switch (credential.kind) {
    case 'presented':
      return { kind: 'presented', chain: credential.chain.map(formatBase64) }
    case 'forwarded': {
      const { header, value, chainValue } = credential
      return {
        kind: 'forwarded',
        header,
        value: Buffer.from(value).toString('latin1'),
        ...(chainValue.length > 0 && { chain_value: Buffer.from(chainValue).toString('latin1') }),
      }
    }
    case 'detached': {
      const { chain, signed, signature, algorithm, nonce, signedAt } = credential
      return {
        kind: 'detached',
        chain: chain.map(formatBase64),
        ...(signed.kind === 'message'
          ? { message: formatBase64(signed.bytes) }
          : { digest: formatBase64(signed.digest) }),
        signature: formatBase64(signature),
        ...(algorithm && { algorithm }),
        ...(nonce !== undefined && { nonce }),
        ...(signedAt && { signed_at: signedAt.toISOString() }),
      }
    }
    case 'simple':
      return { kind: 'simple', ...encodeRequest(credential.request) }
    case 'rfc9421':
      return { kind: 'rfc9421', scheme: credential.scheme, ...encodeRequest(credential.request) }
  }
}

function encodeRequest(request: HttpRequest): Omit<HttpVectorCredential, 'kind'> {
  const { method, target, authority, headers, body, bodyTruncated } = request
  return {
    method,
    target,
    authority,
    headers: headers.map(({ name, value }) => [name, Buffer.from(value).toString('latin1')] as const),
    ...(body.kind === 'bytes' && { body: formatBase64(body.bytes) }),
    ...(body.kind === 'sha256' && { body_sha256: formatBase64(body.digest) }),
    ...(bodyTruncated && { body_truncated: true }),
  }
}

/** Reads what `decide` takes out of a vector. */
export function decodeVector(
  suite: Pick<DecisionSuite, 'trust' | 'settings'>,
  vector: DecisionVector,
): { readonly query: DecisionQuery; readonly context: DecisionContext } {
  const { trust_domain, scope_extension_oid, authorities } = suite.trust
  return {
    query: {
      credential: decodeCredential(vector.credential),
      requiredScopes: vector.required_scopes,
      match: vector.match,
      audience: vector.audience,
      freshness: decodeFreshness(vector.freshness),
      explain: true,
    },
    context: {
      at: new Date(vector.at),
      trust: createTrustBundle({
        trustDomain: trust_domain,
        scopeExtensionOid: scope_extension_oid,
        authorities: authorities.map(({ id, role, certificate }) => ({
          id,
          role,
          certificate: parseCertificate(bytes(certificate)),
        })),
      }),
      revocation: createListedRevocation(decodeStandings(vector.standings)),
      cache: createCertificateCache(10),
      replay: createMemoryReplayGuard(
        (vector.used_nonces ?? []).map(({ key_sha256, nonce }) => ({ keyId: bytes(key_sha256), nonce })),
      ),
      ageWindowSeconds: suite.settings.age_window_seconds,
      clockSkewSeconds: suite.settings.clock_skew_seconds,
    },
  }
}

function decodeStandings(standings: DecisionVector['standings'] = {}): Record<string, Standing> {
  const decoded: Record<string, Standing> = {}
  for (const [serial, standing] of Object.entries(standings)) decoded[serial] = decodeStanding(standing)
  return decoded
}

function decodeStanding({ standing, client_state, reason, revoked_at }: VectorStanding): Standing {
  switch (standing) {
    case 'good':
      return { standing, clientState: client_state }
    case 'revoked':
      return { standing, reason: reason ?? 'unspecified', revokedAt: new Date(revoked_at ?? 0) }
    default:
      return { standing }
  }
}

function decodeFreshness(freshness: DecisionVector['freshness']): Freshness | undefined {
  if (!freshness) return undefined
  return 'at_least_crl_number' in freshness
    ? { kind: 'at_least_crl_number', crlNumber: BigInt(freshness.at_least_crl_number) }
    : { kind: 'max_staleness', milliseconds: freshness.max_staleness_seconds * 1000 }
}

function decodeCredential(credential: VectorCredential): Credential {
  switch (credential.kind) {
    case 'presented':
      return { kind: 'presented', chain: credential.chain.map(bytes) }
    case 'forwarded':
      return {
        kind: 'forwarded',
        header: credential.header,
        value: Buffer.from(credential.value, 'latin1'),
        chainValue: Buffer.from(credential.chain_value ?? '', 'latin1'),
      }
    case 'detached':
      return {
        kind: 'detached',
        chain: credential.chain.map(bytes),
        signed:
          credential.digest === undefined
            ? { kind: 'message', bytes: bytes(credential.message ?? '') }
            : { kind: 'sha256', digest: bytes(credential.digest) },
        signature: bytes(credential.signature),
        algorithm: credential.algorithm,
        nonce: credential.nonce,
        signedAt: credential.signed_at === undefined ? undefined : new Date(credential.signed_at),
      }
    case 'simple':
      return { kind: 'simple', request: decodeRequest(credential) }
    case 'rfc9421':
      return { kind: 'rfc9421', scheme: credential.scheme, request: decodeRequest(credential) }
  }
}

function decodeRequest(request: Omit<HttpVectorCredential, 'kind'>): HttpRequest {
  const { method, target, authority, headers, body, body_sha256, body_truncated } = request
  return {
    method,
    target,
    authority,
    headers: headers.map(([name, value]) => ({ name, value: Buffer.from(value, 'latin1') })),
    body:
      body !== undefined
        ? { kind: 'bytes', bytes: bytes(body) }
        : body_sha256 !== undefined
          ? { kind: 'sha256', digest: bytes(body_sha256) }
          : { kind: 'absent' },
    bodyTruncated: body_truncated === true,
  }
}

function bytes(base64: string): Uint8Array {
  const octets = parseBase64(base64)
  if (!octets) throw new Error('a vector holds something that is not base64')
  return octets
}
