import type { VerifyRequestInput } from '../core/decision/read-query.ts'
import type {
  OfferedCertificate,
  OfferedCredential,
  OfferedForward,
} from '../core/decision/offered-credential.ts'
import type { Freshness } from '../core/decision/decision.ts'
import type { RequestBody } from '../core/request/http-request.ts'
import type { NamedAlgorithm } from '../core/x509/named-signature.ts'
import {
  type Case,
  CaseError,
  isAbsent,
  readBytes,
  readBytesList,
  readFlag,
  readInstant,
  readOptionalBytes,
  readOptionalString,
  readStrings,
  readWord,
} from './case-fields.ts'
import { readDuration, readFields, readFieldsList, readOneof, readUint64 } from './message-fields.ts'

const CREDENTIALS = ['http_signature', 'detached_signature', 'presented_certificate', 'bearer_token'] as const
const REQUEST_FIELDS = [...CREDENTIALS, 'required_scopes', 'match', 'audience', 'freshness', 'explain']

/**
 * Reads a VerifyRequestRequest in the JSON mapping of proto3, under the field names of the `.proto` file: octets in standard base64, enums by name, 64-bit
 * numbers in strings, instants and spans as text. It is read as strictly as the service reads the message itself; what follows from it is for the service's
 * own functions to say.
 */
export function readVerifyRequest(given: Case, field: string): VerifyRequestInput {
  const request = readFields(given, field, REQUEST_FIELDS, (fields): VerifyRequestInput => ({
    credential: readCredential(fields),
    requiredScopes: readStrings(fields, 'required_scopes'),
    match: readEnum(fields, 'match', {
      SCOPE_MATCH_UNSPECIFIED: 'all',
      SCOPE_MATCH_ALL: 'all',
      SCOPE_MATCH_ANY: 'any',
    }),
    audience: readText(fields, 'audience'),
    freshness: readFields(fields, 'freshness', ['at_least_crl_number', 'max_staleness'], readFreshness),
    explain: readFlag(fields, 'explain'),
  }))
  if (!request) throw new CaseError(`${field}: expected an object`)
  return request
}

function readCredential(request: Case): OfferedCredential | undefined {
  const kind = readOneof(request, CREDENTIALS)
  switch (kind) {
    case undefined:
      return undefined
    case 'http_signature':
      return readFields(request, kind, HTTP_FIELDS, readHttpSignature)
    case 'detached_signature':
      return readFields(request, kind, DETACHED_FIELDS, readDetachedSignature)
    case 'presented_certificate':
      return readFields(request, kind, PRESENTED_FIELDS, readPresented)
    case 'bearer_token':
      return readFields(request, kind, ['token', 'presented_certificate'], (fields) => ({
        kind,
        token: readText(fields, 'token'),
        certificate: readFields(fields, 'presented_certificate', PRESENTED_FIELDS, readPresented),
      }))
  }
}

const BODY_FIELDS = ['body_bytes', 'body_sha256'] as const
const HTTP_FIELDS = [
  'method',
  'target',
  'authority',
  'scheme',
  'headers',
  ...BODY_FIELDS,
  'body_truncated',
  'profile',
]

function readHttpSignature(fields: Case): OfferedCredential {
  return {
    kind: 'http_signature',
    scheme: readWord(fields, 'scheme', ['', 'https', 'http'], '') || 'https',
    profile: readEnum(fields, 'profile', {
      SIGNATURE_PROFILE_UNSPECIFIED: 'unspecified',
      SIGNATURE_PROFILE_SIMPLE: 'simple',
      SIGNATURE_PROFILE_RFC9421: 'rfc9421',
    }),
    request: {
      method: readText(fields, 'method'),
      target: readText(fields, 'target'),
      authority: readText(fields, 'authority'),
      headers: readFieldsList(fields, 'headers', ['name', 'value'], (header) => ({
        name: readText(header, 'name'),
        value: readOptionalBytes(header, 'value') ?? new Uint8Array(0),
      })),
      body: readBody(fields),
      bodyTruncated: readFlag(fields, 'body_truncated'),
    },
  }
}

function readBody(fields: Case): RequestBody {
  switch (readOneof(fields, BODY_FIELDS)) {
    case undefined:
      return { kind: 'absent' }
    case 'body_bytes':
      return { kind: 'bytes', bytes: readBytes(fields, 'body_bytes') }
    case 'body_sha256':
      return { kind: 'sha256', digest: readBytes(fields, 'body_sha256') }
  }
}

const SIGNED_FIELDS = ['message', 'digest'] as const
const DETACHED_FIELDS = [
  'certificate_chain_der',
  ...SIGNED_FIELDS,
  'signature',
  'algorithm',
  'nonce',
  'signed_at',
]

const ALGORITHMS: Readonly<Record<string, NamedAlgorithm | undefined>> = {
  SIGNATURE_ALGORITHM_UNSPECIFIED: undefined,
  SIGNATURE_ALGORITHM_ECDSA_P256_SHA256: 'ecdsa-p256-sha256',
  SIGNATURE_ALGORITHM_ECDSA_P384_SHA384: 'ecdsa-p384-sha384',
  SIGNATURE_ALGORITHM_ED25519: 'ed25519',
  SIGNATURE_ALGORITHM_RSA_V1_5_SHA256: 'rsa-v1_5-sha256',
  SIGNATURE_ALGORITHM_RSA_PSS_SHA512: 'rsa-pss-sha512',
}

function readDetachedSignature(fields: Case): OfferedCredential {
  const signed = readOneof(fields, SIGNED_FIELDS)
  return {
    kind: 'detached_signature',
    chain: readBytesList(fields, 'certificate_chain_der'),
    signed:
      signed === undefined
        ? undefined
        : signed === 'message'
          ? { kind: 'message', bytes: readBytes(fields, signed) }
          : { kind: 'sha256', digest: readBytes(fields, signed) },
    signature: readOptionalBytes(fields, 'signature') ?? new Uint8Array(0),
    algorithm: readEnum(fields, 'algorithm', ALGORITHMS),
    nonce: readText(fields, 'nonce'),
    signedAt: isAbsent(fields['signed_at']) ? undefined : readInstant(fields, 'signed_at'),
  }
}

const PRESENTED_FIELDS = ['certificate_chain_der', 'forwarded']

function readPresented(fields: Case): OfferedCertificate {
  return {
    kind: 'presented_certificate',
    chain: readBytesList(fields, 'certificate_chain_der'),
    forwarded: readFields(fields, 'forwarded', ['header', 'value', 'chain_value'], readForward),
  }
}

function readForward(fields: Case): OfferedForward {
  return {
    header: readText(fields, 'header'),
    value: readOptionalBytes(fields, 'value') ?? new Uint8Array(0),
    chainValue: readOptionalBytes(fields, 'chain_value') ?? new Uint8Array(0),
  }
}

function readFreshness(fields: Case): Freshness | undefined {
  switch (readOneof(fields, ['at_least_crl_number', 'max_staleness'])) {
    case undefined:
      return undefined
    case 'at_least_crl_number':
      return { kind: 'at_least_crl_number', crlNumber: readUint64(fields, 'at_least_crl_number') }
    case 'max_staleness':
      return { kind: 'max_staleness', milliseconds: readDuration(fields, 'max_staleness') }
  }
}

/** A string; proto3 does not tell an absent one from an empty one. */
function readText(fields: Case, field: string): string {
  return readOptionalString(fields, field) ?? ''
}

/** An enum by name; absent is its first value. */
function readEnum<T>(fields: Case, field: string, values: Readonly<Record<string, T>>): T {
  const names = Object.keys(values)
  const name = readOptionalString(fields, field) ?? names[0]!
  if (!names.includes(name)) throw new CaseError(`${field}: expected one of ${names.join(', ')}`)
  return values[name]!
}
