import { fieldInvalid } from '../authority/fields.ts'
import type { VerifyRequestInput } from '../core/decision/read-query.ts'
import type { OfferedCertificate, OfferedCredential } from '../core/decision/offered-credential.ts'
import type { Decision as DomainDecision, Freshness } from '../core/decision/decision.ts'
import type { DetachedCredential } from '../core/request/credential.ts'
import type { NamedAlgorithm } from '../core/x509/named-signature.ts'
import type { RequestBody } from '../core/request/http-request.ts'
import type { ScopeMatch as DomainMatch } from '../core/scope/scope-set.ts'
import {
  CheckOutcome,
  Decision,
  DenyReason,
  type HttpSignature,
  type PresentedCertificate,
  SignatureAlgorithm,
  SignatureProfile,
  type VerifyRequestRequest as WireRequest,
  type VerifyRequestResponse as WireResponse,
} from '../gen/chancery/v1/authorization_service.ts'
import type { Duration } from '../gen/google/protobuf/duration.ts'
import { ScopeMatch } from '../gen/chancery/v1/types.ts'
import { parseTime, requireKnown, toWireCrlState } from './convert.ts'

const MATCHES = new Map<ScopeMatch, DomainMatch>([
  [ScopeMatch.SCOPE_MATCH_UNSPECIFIED, 'all'],
  [ScopeMatch.SCOPE_MATCH_ALL, 'all'],
  [ScopeMatch.SCOPE_MATCH_ANY, 'any'],
])

const PROFILES = new Map<SignatureProfile, 'unspecified' | 'simple' | 'rfc9421'>([
  [SignatureProfile.SIGNATURE_PROFILE_UNSPECIFIED, 'unspecified'],
  [SignatureProfile.SIGNATURE_PROFILE_SIMPLE, 'simple'],
  [SignatureProfile.SIGNATURE_PROFILE_RFC9421, 'rfc9421'],
])

const ALGORITHMS = new Map<SignatureAlgorithm, NamedAlgorithm | 'default'>([
  [SignatureAlgorithm.SIGNATURE_ALGORITHM_UNSPECIFIED, 'default'],
  [SignatureAlgorithm.SIGNATURE_ALGORITHM_ECDSA_P256_SHA256, 'ecdsa-p256-sha256'],
  [SignatureAlgorithm.SIGNATURE_ALGORITHM_ECDSA_P384_SHA384, 'ecdsa-p384-sha384'],
  [SignatureAlgorithm.SIGNATURE_ALGORITHM_ED25519, 'ed25519'],
  [SignatureAlgorithm.SIGNATURE_ALGORITHM_RSA_V1_5_SHA256, 'rsa-v1_5-sha256'],
  [SignatureAlgorithm.SIGNATURE_ALGORITHM_RSA_PSS_SHA512, 'rsa-pss-sha512'],
])

const OUTCOMES = {
  passed: CheckOutcome.CHECK_OUTCOME_PASSED,
  failed: CheckOutcome.CHECK_OUTCOME_FAILED,
  skipped: CheckOutcome.CHECK_OUTCOME_SKIPPED,
} as const

/** @throws DomainError FIELD_INVALID, FIELD_NOT_IMPLEMENTED */
export function fromWireVerify(request: WireRequest): VerifyRequestInput {
  return {
    credential: fromWireCredential(request.credential),
    requiredScopes: request.requiredScopes,
    match: requireKnown(MATCHES.get(request.match), 'match', request.match),
    audience: request.audience,
    freshness: fromWireFreshness(request.freshness?.demand),
    explain: request.explain,
  }
}

function fromWireCredential(credential: WireRequest['credential']): OfferedCredential | undefined {
  switch (credential?.$case) {
    case undefined:
      return undefined
    case 'httpSignature':
      return fromWireHttpSignature(credential.value)
    case 'detachedSignature': {
      const { value } = credential
      const algorithm = requireKnown(
        ALGORITHMS.get(value.algorithm),
        'detached_signature.algorithm',
        value.algorithm,
      )
      return {
        kind: 'detached_signature',
        chain: value.certificateChainDer,
        signed: fromWireSigned(value.signed),
        signature: value.signature,
        algorithm: algorithm === 'default' ? undefined : algorithm,
        nonce: value.nonce,
        signedAt: parseTime(value.signedAt, 'detached_signature.signed_at'),
      }
    }
    case 'presentedCertificate':
      return fromWireCertificate(credential.value)
    case 'bearerToken': {
      const { token, presentedCertificate: certificate } = credential.value
      return { kind: 'bearer_token', token, certificate: certificate && fromWireCertificate(certificate) }
    }
  }
}

function fromWireCertificate({ certificateChainDer, forwarded }: PresentedCertificate): OfferedCertificate {
  return { kind: 'presented_certificate', chain: certificateChainDer, forwarded }
}

function fromWireHttpSignature(signature: HttpSignature): OfferedCredential {
  if (signature.scheme !== '' && signature.scheme !== 'https' && signature.scheme !== 'http') {
    throw fieldInvalid('http_signature.scheme', 'http_signature.scheme must be `https`, `http` or empty.')
  }
  return {
    kind: 'http_signature',
    // Also of a call that leaves it empty: resource servers that speak plain HTTP are the exception.
    scheme: signature.scheme === 'http' ? 'http' : 'https',
    profile: requireKnown(PROFILES.get(signature.profile), 'http_signature.profile', signature.profile),
    request: {
      method: signature.method,
      target: signature.target,
      authority: signature.authority,
      headers: signature.headers,
      body: fromWireBody(signature.body),
      bodyTruncated: signature.bodyTruncated,
    },
  }
}

function fromWireBody(body: HttpSignature['body']): RequestBody {
  switch (body?.$case) {
    case undefined:
      return { kind: 'absent' }
    case 'bodyBytes':
      return { kind: 'bytes', bytes: body.value }
    case 'bodySha256':
      return { kind: 'sha256', digest: body.value }
  }
}

function fromWireSigned(
  signed: { $case: 'message' | 'digest'; value: Uint8Array } | undefined,
): DetachedCredential['signed'] | undefined {
  if (signed === undefined) return undefined
  return signed.$case === 'message'
    ? { kind: 'message', bytes: signed.value }
    : { kind: 'sha256', digest: signed.value }
}

function fromWireFreshness(demand: NonNullable<WireRequest['freshness']>['demand']): Freshness | undefined {
  switch (demand?.$case) {
    case undefined:
      return undefined
    case 'atLeastCrlNumber':
      return { kind: 'at_least_crl_number', crlNumber: demand.value }
    case 'maxStaleness':
      return { kind: 'max_staleness', milliseconds: toMilliseconds(demand.value) }
  }
}

function toMilliseconds({ seconds, nanos }: Duration): number {
  return Number(seconds) * 1000 + nanos / 1e6
}

export function toWireDecision(decision: DomainDecision): WireResponse {
  const { principal, evaluatedAt } = decision
  return {
    decision: decision.decision === 'ALLOW' ? Decision.DECISION_ALLOW : Decision.DECISION_DENY,
    denyReason:
      decision.denyReason === undefined
        ? DenyReason.DENY_REASON_UNSPECIFIED
        : DenyReason[`DENY_REASON_${decision.denyReason}`],
    message: decision.message,
    principal: principal && {
      clientId: principal.clientId,
      spiffeId: principal.spiffeId,
      authority: principal.authorityId ?? '',
      serialNumber: principal.serialNumber,
      certificateSha256: Buffer.from(principal.certificateSha256),
      notAfter: principal.notAfter,
      tokenId: principal.tokenId ?? '',
    },
    grantedScopes: [...decision.grantedScopes],
    missingScopes: [...decision.missingScopes],
    validUntil: decision.validUntil,
    evaluatedAt: evaluatedAt && toWireCrlState(evaluatedAt),
    checks: decision.checks.map(({ name, outcome, detail }) => ({
      name,
      outcome: OUTCOMES[outcome],
      detail,
    })),
  }
}
