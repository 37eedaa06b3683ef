import { type KeyObject, generateKeyPairSync, sign } from 'node:crypto'
import { OID } from '../../src/core/asn1/oids.ts'
import { encodeUtf8, formatBase64 } from '../../src/core/bytes.ts'
import { sha256 } from '../../src/core/crypto.ts'
import { type CertificateCache, createCertificateCache } from '../../src/core/decision/certificate-cache.ts'
import type { DecisionContext, DecisionQuery, ReplayGuard } from '../../src/core/decision/decision.ts'
import type { RevocationSource, Standing } from '../../src/core/decision/revocation-source.ts'
import { createTrustBundle } from '../../src/core/decision/trust-bundle.ts'
import { bodyDigest } from '../../src/core/request/body-digest.ts'
import type { Credential } from '../../src/core/request/credential.ts'
import type { NamedAlgorithm } from '../../src/core/x509/named-signature.ts'
import type { HttpRequest } from '../../src/core/request/http-request.ts'
import { signatureBase } from '../../src/core/request/simple-profile.ts'
import { parseCertificate } from '../../src/core/x509/certificate.ts'
import {
  type TestCertificateOptions,
  authorityExtensions,
  clientExtensions,
  encodeTestCertificate,
} from './encode-test-certificate.ts'
import { signEcdsaDer, signPss } from './deterministic-signature.ts'

export const FIXTURE_TRUST_DOMAIN = 'chancery.example'
/** The instant that the fixture runs at unless a test says otherwise. */
export const FIXTURE_NOW = new Date('2026-06-01T12:00:00Z')
export const FIXTURE_NONCE = 'abcdefghijklmnop'

/** Private keys by name: those of the authorities, and one per key type for clients. */
export const KEY_NAMES = [
  'root',
  'issuing',
  'stranger',
  'p256',
  'p384',
  'ed25519',
  'rsa2048',
  'token',
  'token256',
] as const
export type KeyName = (typeof KEY_NAMES)[number]
export type FixtureKeys = Readonly<Record<KeyName, KeyObject>>

/** Makes the keys; the authorities' are Ed25519, so that what they sign can be made again octet for octet. */
export function generateFixtureKeys(): FixtureKeys {
  const ed25519 = () => generateKeyPairSync('ed25519').privateKey
  return {
    root: ed25519(),
    issuing: ed25519(),
    stranger: ed25519(),
    p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
    ed25519: ed25519(),
    rsa2048: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
    token: ed25519(),
    token256: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  }
}

const DAY_MS = 24 * 60 * 60 * 1000
const HOUR_MS = 60 * 60 * 1000

/** A root and an issuing authority with clients of every key type. */
export interface DecisionFixture {
  readonly keys: FixtureKeys
  readonly root: Uint8Array
  readonly issuing: Uint8Array
  readonly trust: ReturnType<typeof createTrustBundle>
  /** Issues a certificate for the client key of that name; `change` gets anything wrong. */
  client(key: KeyName, change?: ClientOptions): Uint8Array
}

export interface ClientOptions extends Partial<TestCertificateOptions> {
  readonly clientId?: string
  readonly uris?: readonly string[]
  readonly scopes?: readonly string[]
}

export function createDecisionFixture(keys: FixtureKeys = generateFixtureKeys()): DecisionFixture {
  const root = encodeTestCertificate({
    serialNumber: Uint8Array.of(1),
    issuer: 'Root',
    subject: 'Root',
    notBefore: new Date(FIXTURE_NOW.getTime() - DAY_MS),
    notAfter: new Date(FIXTURE_NOW.getTime() + 3650 * DAY_MS),
    publicKey: keys.root,
    signer: keys.root,
    extensions: authorityExtensions(keys.root, keys.root),
  })
  const issuing = encodeTestCertificate({
    serialNumber: Uint8Array.of(2),
    issuer: 'Root',
    subject: 'Issuing',
    notBefore: new Date(FIXTURE_NOW.getTime() - DAY_MS),
    notAfter: new Date(FIXTURE_NOW.getTime() + 365 * DAY_MS),
    publicKey: keys.issuing,
    signer: keys.root,
    extensions: authorityExtensions(keys.issuing, keys.root, 0),
  })
  return {
    keys,
    root,
    issuing,
    trust: createTrustBundle({
      trustDomain: FIXTURE_TRUST_DOMAIN,
      scopeExtensionOid: OID.scopeExtension,
      authorities: [
        { id: 'root', role: 'root', certificate: parseCertificate(root) },
        { id: 'issuing-1', role: 'issuing', certificate: parseCertificate(issuing) },
      ],
    }),
    client(key, change = {}) {
      const { clientId = 'alice', scopes = ['bob.user.read', 'bob.user.write'], ...rest } = change
      const publicKey = keys[key]
      const uris = change.uris ?? [`spiffe://${FIXTURE_TRUST_DOMAIN}/client/${clientId}`]
      return encodeTestCertificate({
        serialNumber: Uint8Array.of(0x10, KEY_NAMES.indexOf(key)),
        issuer: 'Issuing',
        subject: clientId,
        notBefore: new Date(FIXTURE_NOW.getTime() - HOUR_MS),
        notAfter: new Date(FIXTURE_NOW.getTime() + DAY_MS),
        publicKey,
        signer: keys.issuing,
        extensions: clientExtensions(publicKey, rest.signer ?? keys.issuing, { uris, scopes }),
        ...rest,
      })
    },
  }
}

/** A revocation source in which everything is good but the serial numbers that are given another standing. */
export function createListedRevocation(
  standings: Readonly<Record<string, Standing>> = {},
  crlNumber = 7n,
): RevocationSource {
  return {
    standing: (link) => {
      if (link.authorityId === undefined) return { standing: 'unknown' }
      return (
        standings[link.serialNumber] ?? { standing: 'good', clientState: link.isLeaf ? 'active' : undefined }
      )
    },
    state: (authorityId) => ({
      authorityId,
      crlNumber,
      thisUpdate: new Date(FIXTURE_NOW.getTime() - HOUR_MS),
      nextUpdate: new Date(FIXTURE_NOW.getTime() + 12 * HOUR_MS),
    }),
    includes: (_authorityId, wanted) => wanted <= crlNumber,
    knownUntil: () => new Date(FIXTURE_NOW.getTime() - HOUR_MS),
  }
}

/** Remembers nonces in memory; `claims` shows what was asked. */
export function createMemoryReplayGuard(used: readonly { keyId: Uint8Array; nonce: string }[] = []) {
  const seen = new Set(used.map(({ keyId, nonce }) => `${formatBase64(keyId)} ${nonce}`))
  const claims: Parameters<ReplayGuard['claim']>[0][] = []
  return {
    claims,
    claim(claim: Parameters<ReplayGuard['claim']>[0]): Promise<'claimed' | 'replayed'> {
      claims.push(claim)
      const key = `${formatBase64(claim.keyId)} ${claim.nonce}`
      if (seen.has(key)) return Promise.resolve('replayed')
      seen.add(key)
      return Promise.resolve('claimed')
    },
  }
}

export function createDecisionContext(
  fixture: Pick<DecisionFixture, 'trust'>,
  change: Partial<DecisionContext> = {},
): DecisionContext & { readonly cache: CertificateCache } {
  return {
    at: FIXTURE_NOW,
    trust: fixture.trust,
    revocation: createListedRevocation(),
    cache: createCertificateCache(100),
    replay: createMemoryReplayGuard(),
    ageWindowSeconds: 60,
    clockSkewSeconds: 30,
    ...change,
  }
}

/** A query that needs `bob.user.read` of one credential. */
export function createQuery(credential: Credential, change: Partial<DecisionQuery> = {}): DecisionQuery {
  return {
    credential,
    requiredScopes: ['bob.user.read'],
    match: 'all',
    audience: undefined,
    freshness: undefined,
    explain: false,
    ...change,
  }
}

/** Signs as the service's clients do, the same signature every time. */
export function signAs(key: KeyObject, algorithm: NamedAlgorithm, message: Uint8Array): Uint8Array {
  switch (algorithm) {
    case 'ed25519':
      return sign(null, message, key)
    case 'ecdsa-p384-sha384':
      return signEcdsaDer(key, 'sha384', message)
    case 'ecdsa-p256-sha256':
      return signEcdsaDer(key, 'sha256', message)
    case 'rsa-pss-sha512':
      return signPss(key, message)
    case 'rsa-v1_5-sha256':
      return sign('sha256', message, key)
  }
}

const DEFAULT_ALGORITHMS: Readonly<Record<KeyName, NamedAlgorithm>> = {
  root: 'ed25519',
  issuing: 'ed25519',
  stranger: 'ed25519',
  p256: 'ecdsa-p256-sha256',
  p384: 'ecdsa-p384-sha384',
  ed25519: 'ed25519',
  rsa2048: 'rsa-v1_5-sha256',
  token: 'ed25519',
  token256: 'ecdsa-p256-sha256',
}

export function defaultAlgorithmOf(key: KeyName): NamedAlgorithm {
  return DEFAULT_ALGORITHMS[key]
}

export interface SimpleRequestOptions {
  readonly method?: string
  readonly target?: string
  readonly authority?: string
  readonly body?: HttpRequest['body']
  readonly timestamp?: string
  readonly nonce?: string
  readonly chain?: readonly Uint8Array[]
}

/** An HTTP request signed in the simple profile by one of the fixture's clients. */
export function signSimpleRequest(
  fixture: DecisionFixture,
  key: KeyName = 'p256',
  options: SimpleRequestOptions = {},
): HttpRequest {
  const {
    method = 'POST',
    target = '/users/7?full=1',
    authority = 'bob.example:8443',
    nonce = FIXTURE_NONCE,
  } = options
  const body = options.body ?? { kind: 'bytes', bytes: encodeUtf8('{"name":"Bob"}') }
  const timestamp = options.timestamp ?? String(FIXTURE_NOW.getTime() / 1000)
  const base = signatureBase({ method, target, authority }, bodyDigest(body), timestamp, nonce)
  const signature = signAs(fixture.keys[key], defaultAlgorithmOf(key), base)
  const chain = options.chain ?? [fixture.client(key)]
  return {
    method,
    target,
    authority,
    headers: [
      header('Content-Type', 'application/json'),
      header('X-Client-Cert', chain.map(formatBase64).join(',')),
      header('X-Timestamp', timestamp),
      header('X-Nonce', nonce),
      header('X-Signature', formatBase64(signature)),
    ],
    body,
    bodyTruncated: false,
  }
}

export function header(name: string, value: string): { readonly name: string; readonly value: Uint8Array } {
  return { name, value: Buffer.from(value, 'latin1') }
}

/** The request with one header replaced, or removed by `undefined`. */
export function withHeader(request: HttpRequest, name: string, value: string | undefined): HttpRequest {
  const others = request.headers.filter((field) => field.name.toLowerCase() !== name.toLowerCase())
  return { ...request, headers: value === undefined ? others : [...others, header(name, value)] }
}

/** What the replay guard remembers a key by. */
export function keyIdOf(certificateDer: Uint8Array): Uint8Array {
  return sha256(parseCertificate(certificateDer).publicKey.der)
}
