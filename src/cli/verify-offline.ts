import { readFile } from 'node:fs/promises'
import { readQuery } from '../core/decision/read-query.ts'
import { createCertificateCache } from '../core/decision/certificate-cache.ts'
import { decide } from '../core/decision/decide.ts'
import type { TokenIssuer } from '../core/decision/token-trust.ts'
import type { RevocationSource } from '../core/decision/revocation-source.ts'
import { MAX_CRL_BYTES } from '../core/limits.ts'
import type { Jwk } from '../core/token/jwk.ts'
import { createListedTokens } from '../core/revocation/listed-tokens.ts'
import { createListRevocation } from '../core/revocation/list-revocation.ts'
import { type SignedLists, readSignedLists } from '../core/revocation/signed-lists.ts'
import { DEFAULT_STALE_POLICY } from '../core/revocation/stale-policy.ts'
import type { VerifyRequestRequest, VerifyRequestResponse } from '../gen/chancery/v1/authorization_service.ts'
import { fromWireVerify, toWireDecision } from '../grpc/convert-verify.ts'
import { usageError } from './cli-error.ts'
import { formatInstantWithDistance } from './format-time.ts'
import { type FileBundle, readBundle } from './read-bundle.ts'
import { readPemOrDer } from './read-input.ts'

/** What a decision without the service is made from. */
export interface OfflineInput {
  readonly bundle: string
  readonly trustDomain: string | undefined
  readonly lists: readonly string[]
  /** Keys that tokens are checked with. */
  readonly tokenKeys: readonly Jwk[] | undefined
  /** `iss` of the tokens that count; absent: that of a service without a public URL. */
  readonly issuer: string | undefined
  readonly at: Date
  readonly ageWindowSeconds: number
  readonly clockSkewSeconds: number
}

/** The decision, and what the user should know of the lists that it rests on. */
export interface OfflineDecision {
  readonly response: VerifyRequestResponse
  readonly remarks: readonly string[]
}

/**
 * Decides about a request without the service, by the function that the service decides with: from CA certificates and revocation lists in files. Nobody remembers
 * nonces here, so that a replay cannot be told.
 */
export async function verifyOffline(
  request: VerifyRequestRequest,
  input: OfflineInput,
): Promise<OfflineDecision> {
  const { at, ageWindowSeconds, clockSkewSeconds } = input
  const bundle = await readBundle(input.bundle, input.trustDomain)
  const files = await readLists(input.lists)
  const { trust } = bundle
  const lists = await readSignedLists(
    files.map(({ der }) => der),
    trust,
  )
  const options = { trust, at, stalePolicy: DEFAULT_STALE_POLICY, clockSkewSeconds }
  const revocation = createListRevocation(lists, options)
  const issuers = tokenIssuers(bundle, input)
  const tokens = createListedTokens({ issuers, authorityIds: trust.authorityIds, lists: revocation })
  const decision = await decide(readQuery(fromWireVerify(request)), {
    at,
    trust,
    revocation,
    cache: createCertificateCache(0),
    replay: 'unchecked',
    tokens,
    ageWindowSeconds,
    clockSkewSeconds,
  })
  return {
    response: toWireDecision(decision),
    remarks: [
      ...rejectedRemarks(lists, files),
      ...listRemarks(bundle, revocation, at),
      ...(request.credential?.$case === 'bearerToken' ? tokenRemarks(issuers) : SIGNATURE_REMARKS),
    ],
  }
}

const SIGNATURE_REMARKS = [
  'Nonces are remembered by the service only: whether this request was used before was not checked.',
  'What was issued is on record at the service only: whether this certificate is was not checked. The service denies one that is not with CERTIFICATE_UNKNOWN.',
]

function tokenRemarks(issuers: readonly TokenIssuer[]): readonly string[] {
  if (issuers.length > 0) return []
  return [
    'There are no keys to check the token with. Get them from /.well-known/jwks.json of the service and give --jwks FILE.',
  ]
}

/** The lists of every issuing authority name revoked tokens. That of the newest says so to the last. */
function tokenIssuers(
  { trust, authorities }: FileBundle,
  { tokenKeys: keys, issuer }: OfflineInput,
): readonly TokenIssuer[] {
  if (keys === undefined) return []
  const audience = `spiffe://${trust.trustDomain}`
  const [newest] = authorities
    .filter(({ role }) => role === 'issuing')
    .sort((a, b) => b.certificate.notBefore.getTime() - a.certificate.notBefore.getTime())
  return [{ issuer: issuer ?? audience, audience, keys, authorityId: newest?.id }]
}

interface FileList {
  readonly path: string
  readonly der: Uint8Array
}

async function readLists(paths: readonly string[]): Promise<readonly FileList[]> {
  const files: FileList[] = []
  for (const path of paths) {
    const bytes = await readFile(path)
    if (bytes.length > 2 * MAX_CRL_BYTES) throw usageError(`${path} is too large for revocation lists.`)
    for (const der of readPemOrDer(bytes, 'X509 CRL', path)) files.push({ path, der })
  }
  return files
}

function rejectedRemarks({ rejected }: SignedLists, files: readonly FileList[]): readonly string[] {
  return rejected.map(
    ({ index, message, defect }) => `A list in ${files[index]!.path} does not count: ${message} (${defect}).`,
  )
}

const FETCH = 'Get the current lists with `chancery crl fetch --out FILE`.'

/** A verdict that rests on old lists, or on none, should not surprise. */
function listRemarks({ authorities }: FileBundle, revocation: RevocationSource, at: Date): readonly string[] {
  return authorities.flatMap(({ id }) => {
    const state = revocation.state(id)
    if (!state) return [`There is no revocation list of ${id}. ${FETCH}`]
    if (state.nextUpdate >= at) return []
    return [`The list of ${id} ended at ${formatInstantWithDistance(state.nextUpdate, at)}. ${FETCH}`]
  })
}
