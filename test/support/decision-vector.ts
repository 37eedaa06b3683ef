import { createPrivateKey } from 'node:crypto'
import { OID } from '../../src/core/asn1/oids.ts'
import { formatBase64 } from '../../src/core/bytes.ts'
import type { DecisionQuery, Freshness } from '../../src/core/decision/decision.ts'
import type { DenyReason } from '../../src/core/decision/deny-reason.ts'
import type {
  Credential,
  ForwardedCredential,
  PresentedCredential,
} from '../../src/core/request/credential.ts'
import type { HttpRequest } from '../../src/core/request/http-request.ts'
import type { JsonObject } from '../../src/core/token/strict-json.ts'
import { FIXTURE_AUDIENCE, FIXTURE_ISSUER, fixtureJwks } from './token-fixture.ts'
import {
  type DecisionFixture,
  FIXTURE_TRUST_DOMAIN,
  type FixtureKeys,
  KEY_NAMES,
  generateFixtureKeys,
} from './decision-fixture.ts'

/** `test/vectors/decision.json` as `decision.schema.json` describes it. */
export interface DecisionSuite {
  readonly comment: string
  readonly flags: Readonly<Record<string, string>>
  /** Test keys, PKCS #8. They protect nothing. */
  readonly keys: Readonly<Record<string, string>>
  /** What every case has that does not say otherwise. */
  readonly defaults: { readonly op: 'decide'; readonly trust: VectorTrust; readonly crls: readonly string[] }
  readonly tests: readonly DecisionVector[]
}

/** A trust bundle as `decide` takes it. */
export interface VectorTrust {
  readonly trust_domain: string
  readonly scope_extension_oid: string
  readonly authorities: readonly {
    readonly id: string
    readonly role: 'root' | 'issuing'
    readonly certificate_der: string
  }[]
  readonly token_issuers: readonly {
    readonly issuer: string
    readonly audience: string
    readonly jwks: JsonObject
    readonly authority: string
  }[]
}

/** With the suite's defaults, a case of the operation `decide`. */
export interface DecisionVector {
  readonly id: string
  readonly comment: string
  readonly flags: readonly string[]
  readonly at: string
  /** A VerifyRequestRequest in the JSON mapping of proto3. */
  readonly request: Readonly<Record<string, unknown>>
  readonly trust?: VectorTrust
  readonly crls?: readonly string[]
  readonly stale_policy?: 'strict' | 'bounded' | 'best_effort'
  readonly revoked_tokens?: readonly string[]
  readonly seen_nonces?: readonly { readonly public_key_sha256: string; readonly nonce: string }[]
  readonly expect: VectorExpectation
}

export interface VectorExpectation {
  readonly decision: 'ALLOW' | 'DENY'
  readonly deny_reason?: DenyReason
  readonly client_id?: string
  readonly missing_scopes?: readonly string[]
}

/** The keys that a suite was made with. */
export function readFixtureKeys(suite: Pick<DecisionSuite, 'keys'>): FixtureKeys {
  // A key that the file does not have yet is one that was thought of since.
  const added = KEY_NAMES.some((name) => !(name in suite.keys)) ? generateFixtureKeys() : undefined
  return Object.fromEntries(
    KEY_NAMES.map((name) => [name, name in suite.keys ? readVectorKey(suite, name) : added![name]]),
  ) as FixtureKeys
}

export function readVectorKey({ keys }: Pick<DecisionSuite, 'keys'>, name: string) {
  return createPrivateKey({ key: Buffer.from(keys[name] ?? '', 'base64'), format: 'der', type: 'pkcs8' })
}

/** The bundle of a fixture; `issuing` in place of the certificate of its issuing authority. */
export function encodeTrust(fixture: DecisionFixture, issuing = fixture.issuing): VectorTrust {
  return {
    trust_domain: FIXTURE_TRUST_DOMAIN,
    scope_extension_oid: OID.scopeExtension,
    authorities: [
      { id: 'root', role: 'root', certificate_der: formatBase64(fixture.root) },
      { id: 'issuing-1', role: 'issuing', certificate_der: formatBase64(issuing) },
    ],
    token_issuers: [
      {
        issuer: FIXTURE_ISSUER,
        audience: FIXTURE_AUDIENCE,
        jwks: fixtureJwks(fixture.keys),
        authority: 'issuing-1',
      },
    ],
  }
}

/** Writes what a query asks as a VerifyRequestRequest. */
export function encodeQuery(query: DecisionQuery): DecisionVector['request'] {
  const { requiredScopes, match, audience, freshness, explain } = query
  return {
    ...encodeCredential(query.credential),
    ...(requiredScopes.length > 0 && { required_scopes: requiredScopes }),
    ...(match === 'any' && { match: 'SCOPE_MATCH_ANY' }),
    ...(audience !== undefined && { audience }),
    ...(freshness && { freshness: encodeFreshness(freshness) }),
    ...(explain && { explain }),
  }
}

function encodeFreshness(freshness: Freshness) {
  return freshness.kind === 'at_least_crl_number'
    ? { at_least_crl_number: String(freshness.crlNumber) }
    : { max_staleness: `${freshness.milliseconds / 1000}s` }
}

function encodeCredential(credential: Credential): Readonly<Record<string, unknown>> {
  switch (credential.kind) {
    case 'presented':
    case 'forwarded':
      return { presented_certificate: encodeCertificate(credential) }
    case 'bearer': {
      const { token, certificate } = credential
      const beside = certificate && { presented_certificate: encodeCertificate(certificate) }
      return { bearer_token: { token, ...beside } }
    }
    case 'detached': {
      const { chain, signed, signature, algorithm, nonce, signedAt } = credential
      return {
        detached_signature: {
          certificate_chain_der: chain.map(formatBase64),
          ...(signed.kind === 'message'
            ? { message: formatBase64(signed.bytes) }
            : { digest: formatBase64(signed.digest) }),
          signature: formatBase64(signature),
          ...(algorithm && { algorithm: encodeAlgorithm(algorithm) }),
          ...(nonce !== undefined && { nonce }),
          ...(signedAt && { signed_at: signedAt.toISOString() }),
        },
      }
    }
    case 'simple':
      return {
        http_signature: { ...encodeRequest(credential.request), profile: 'SIGNATURE_PROFILE_SIMPLE' },
      }
    case 'rfc9421': {
      const scheme = credential.scheme === 'http' && { scheme: 'http' }
      const profile = 'SIGNATURE_PROFILE_RFC9421'
      return { http_signature: { ...encodeRequest(credential.request), ...scheme, profile } }
    }
  }
}

function encodeCertificate(credential: ForwardedCredential | PresentedCredential) {
  if (credential.kind === 'presented') return { certificate_chain_der: credential.chain.map(formatBase64) }
  const { header, value, chainValue } = credential
  const chain = chainValue.length > 0 && { chain_value: formatBase64(chainValue) }
  return { forwarded: { header, value: formatBase64(value), ...chain } }
}

function encodeAlgorithm(algorithm: string): string {
  return `SIGNATURE_ALGORITHM_${algorithm.toUpperCase().replaceAll('-', '_')}`
}

function encodeRequest({ method, target, authority, headers, body, bodyTruncated }: HttpRequest) {
  return {
    method,
    target,
    authority,
    headers: headers.map(({ name, value }) => ({ name, value: formatBase64(value) })),
    ...(body.kind === 'bytes' && { body_bytes: formatBase64(body.bytes) }),
    ...(body.kind === 'sha256' && { body_sha256: formatBase64(body.digest) }),
    ...(bodyTruncated && { body_truncated: true }),
  }
}
