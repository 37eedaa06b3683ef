import { randomBytes } from 'node:crypto'
import { assembleCertificate, assembleCertList } from '../../src/core/issuance/assemble.ts'
import {
  type AuthorityPlanInput,
  encodeTbsAuthorityCertificate,
  planAuthorityCertificate,
} from '../../src/core/issuance/authority-certificate.ts'
import { encodeTbsCertificate } from '../../src/core/issuance/encode-certificate.ts'
import { lintTbsAuthorityCertificate } from '../../src/core/issuance/lint-authority.ts'
import { lintTbsCertificate } from '../../src/core/issuance/lint-certificate.ts'
import { type PlanInput, SERIAL_BYTES, planCertificate } from '../../src/core/issuance/plan.ts'
import { findProfile } from '../../src/core/issuance/profile.ts'
import { OID } from '../../src/core/asn1/oids.ts'
import {
  type CrlEntryInput,
  encodeCrlEntry,
  encodeTbsCertList,
} from '../../src/core/revocation/encode-crl.ts'
import { parseCertificate } from '../../src/core/x509/certificate.ts'
import { decodeSubjectPublicKeyInfo } from '../../src/core/x509/public-key.ts'
import type { Certificate } from '../../src/core/x509/types.ts'
import { createMemoryKeyStore } from '../../src/signer/memory-key-store.ts'
import type { KeyType, Signer } from '../../src/signer/signer.ts'

/** An authority with its key, for tests that need real chains. */
export interface TestAuthority {
  readonly certificate: Certificate
  readonly signer: Signer
}

/** A client's certificate with its key. */
export interface TestLeaf {
  readonly certificate: Certificate
  readonly signer: Signer
}

export const TEST_TRUST_DOMAIN = 'chancery.example'

/** The instant that tests run at unless they choose another. */
export const TEST_NOW = new Date('2026-06-01T12:00:00Z')

/** Makes a key of its own. */
export function buildKey(type: KeyType = 'p256'): Promise<Signer> {
  return createMemoryKeyStore().create('key', type)
}

/** Makes a root, or with `parent` an issuing authority under it. */
export async function buildAuthority(options: {
  readonly keyType?: KeyType
  /** Instead of a key of its own. */
  readonly key?: Signer
  readonly parent?: TestAuthority
  readonly now?: Date
  readonly input?: Partial<AuthorityPlanInput>
}): Promise<TestAuthority> {
  const { keyType, parent, now = TEST_NOW, input } = options
  const signer = options.key ?? (await buildKey(keyType))
  const plan = planAuthorityCertificate({
    id: parent ? 'issuing-1' : 'root',
    trustDomain: TEST_TRUST_DOMAIN,
    publicKey: decodeSubjectPublicKeyInfo(signer.publicKeyDer),
    serialOctets: randomBytes(SERIAL_BYTES),
    now,
    ...(parent && { issuer: parent.certificate }),
    ...input,
  })
  const by = parent?.signer ?? signer
  const tbs = encodeTbsAuthorityCertificate(plan, by.algorithm)
  lintTbsAuthorityCertificate(tbs, by.algorithm, plan, parent?.certificate)
  return { signer, certificate: parseCertificate(assembleCertificate(tbs, by.algorithm, await by.sign(tbs))) }
}

/** What a client's certificate is planned from unless a test says otherwise; the key is the caller's. */
export function buildPlanInput(
  issuer: Certificate,
  publicKeyDer: Uint8Array,
  input: Partial<PlanInput> = {},
): PlanInput {
  return {
    clientId: 'alice',
    trustDomain: TEST_TRUST_DOMAIN,
    publicKey: decodeSubjectPublicKeyInfo(publicKeyDer),
    scopes: { scopes: ['bob.user.read', 'bob.user.write'], warnings: [] },
    profile: findProfile('client'),
    validitySeconds: undefined,
    now: TEST_NOW,
    serialOctets: randomBytes(SERIAL_BYTES),
    issuer,
    csr: undefined,
    allowedNames: [],
    scopeExtensionOid: OID.scopeExtension,
    ...input,
  }
}

/** Issues a client's certificate by the real steps: plan, encode, lint, sign, assemble. */
export async function buildLeaf(
  authority: TestAuthority,
  options: { readonly keyType?: KeyType; readonly key?: Signer; readonly input?: Partial<PlanInput> } = {},
): Promise<TestLeaf> {
  const signer = options.key ?? (await buildKey(options.keyType))
  const plan = planCertificate(buildPlanInput(authority.certificate, signer.publicKeyDer, options.input))
  const { algorithm } = authority.signer
  const tbs = encodeTbsCertificate(plan, algorithm)
  lintTbsCertificate(tbs, algorithm, plan, authority.certificate)
  const signature = await authority.signer.sign(tbs)
  return { signer, certificate: parseCertificate(assembleCertificate(tbs, algorithm, signature)) }
}

/** Signs a list of the authority, good for a day; with `baseCrlNumber` a delta. */
export async function buildCrl(
  { certificate, signer }: TestAuthority,
  entries: readonly CrlEntryInput[],
  options: {
    readonly now?: Date
    readonly crlNumber?: bigint
    readonly baseCrlNumber?: bigint
    readonly freshestCrlUrl?: string
    readonly distributionPointUrls?: readonly string[]
  } = {},
): Promise<Uint8Array> {
  const { now = TEST_NOW, crlNumber = 1n, ...extensions } = options
  const tbs = encodeTbsCertList({
    issuerNameDer: certificate.subject.der,
    algorithm: signer.algorithm,
    thisUpdate: now,
    nextUpdate: new Date(now.getTime() + 24 * 60 * 60 * 1000),
    crlNumber,
    issuerKeyIdentifier: certificate.subjectKeyIdentifier!,
    entries: entries.map(encodeCrlEntry),
    ...extensions,
  })
  return assembleCertList(tbs, signer.algorithm, await signer.sign(tbs))
}
