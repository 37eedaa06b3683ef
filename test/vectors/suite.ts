import type { KeyObject } from 'node:crypto'
import { formatBase64 } from '../../src/core/bytes.ts'
import type { DecisionContext } from '../../src/core/decision/decision.ts'
import { createListedTokens } from '../../src/core/revocation/listed-tokens.ts'
import { createTrustBundle } from '../../src/core/decision/trust-bundle.ts'
import { createListRevocation } from '../../src/core/revocation/list-revocation.ts'
import { readSignedLists } from '../../src/core/revocation/signed-lists.ts'
import { DEFAULT_STALE_POLICY } from '../../src/core/revocation/stale-policy.ts'
import { parseCertificate } from '../../src/core/x509/certificate.ts'
import {
  type DecisionFixture,
  FIXTURE_NOW,
  FIXTURE_TRUST_DOMAIN,
  type FixtureKeys,
  KEY_NAMES,
  createDecisionContext,
  createMemoryReplayGuard,
} from '../support/decision-fixture.ts'
import { type DecisionSuite, encodeTrust } from '../support/decision-vector.ts'
import { issuingList, rootList } from '../support/fixture-lists.ts'
import { fixtureIssuer } from '../support/token-fixture.ts'
import { allowCases } from './cases/allow-cases.ts'
import { certificateCases } from './cases/certificate-cases.ts'
import { complexityCases } from './cases/complexity-cases.ts'
import { credentialCases } from './cases/credential-cases.ts'
import { forwardedCases } from './cases/forwarded-cases.ts'
import { messageCases } from './cases/message-cases.ts'
import { requestCases } from './cases/request-cases.ts'
import { revocationCases } from './cases/revocation-cases.ts'
import { listedTokenCases } from './cases/listed-token-cases.ts'
import { tokenCases } from './cases/token-cases.ts'
import { type VectorCase, toVector } from './cases/vector-case.ts'

const FLAGS = {
  Good: 'Must be allowed.',
  Missing: 'A part of the credential is not there.',
  Malformed: 'A part of the credential cannot be read. Lax readers give one request many spellings.',
  Repeated: 'A header twice. Two readers would take different ones for the real one.',
  BaseInjection: 'Octets that move text from one line of the signature base to another.',
  MalformedCertificate: 'Not strict DER, or out of bounds.',
  CriticalExtension: 'A critical extension that is not understood.',
  Issuer: 'Not issued, or not as it is, by a trusted authority.',
  Chain: 'Breaks a rule of RFC 5280 section 6.',
  Complex: 'Takes more work than any honest path.',
  Weak: 'A key or hash that can be broken.',
  KeyUsage: 'A certificate for another purpose.',
  Time: 'Outside a span of time.',
  Subject: 'Names no client of this trust domain, or two.',
  Scopes: 'The scope extension is absent or not canonical.',
  Revocation: 'What the lists say, and whether they can be believed.',
  Coverage: 'Something that must be signed is not.',
  AlgorithmConfusion: 'An algorithm that is not one of the key.',
  Nonce: 'A nonce of another form.',
  Body: 'The body is not whole, or not the one that was named.',
  Changed: 'Something that is signed was changed.',
  Signature: 'A signature that does not verify.',
  Audience: 'A scope of another resource server.',
  Scope: 'A scope that is not granted.',
  Replay: 'A nonce that was used.',
  MalformedToken: 'Not a strict compact JWS, or not an access token (RFC 9068).',
  TokenKey: 'A key that is not one of the issuer.',
  Binding: 'A token that is bound to a certificate (RFC 8705).',
  TokenLists: 'A token in lists that name tokens and clients by stand-in serial numbers.',
}

/** Every case, in the order of the file. */
export function decisionCases(fixture: DecisionFixture, weakKey: KeyObject): readonly VectorCase[] {
  return [
    ...allowCases(fixture),
    ...credentialCases(fixture),
    ...forwardedCases(fixture),
    ...certificateCases(fixture, weakKey),
    ...complexityCases(fixture),
    ...revocationCases(fixture),
    ...requestCases(fixture),
    ...messageCases(fixture),
    ...tokenCases(fixture),
    ...listedTokenCases(fixture),
  ]
}

/** The file, the same for the same keys. */
export function decisionSuite(
  fixture: DecisionFixture,
  keys: FixtureKeys,
  weakKey: KeyObject,
): DecisionSuite {
  return {
    comment: 'Decisions on requests, docs/protocol.md. See README.md beside this file. Made by generate.ts.',
    flags: FLAGS,
    keys: Object.fromEntries([
      ...KEY_NAMES.map((name) => [name, exportKey(keys[name])] as const),
      ['rsa1024', exportKey(weakKey)] as const,
    ]),
    defaults: {
      op: 'decide',
      trust: encodeTrust(fixture),
      crls: goodLists(fixture).map(formatBase64),
    },
    tests: decisionCases(fixture, weakKey).map((given) => toVector(fixture, given)),
  }
}

/** What the engine is given for a case, made without a detour through JSON. */
export async function caseContext(fixture: DecisionFixture, given: VectorCase): Promise<DecisionContext> {
  const {
    at = FIXTURE_NOW,
    bundled,
    crls = goodLists(fixture),
    stale_policy,
    revokedTokens,
    seenNonces,
  } = given
  const trust = bundled ? replaceIssuing(fixture, bundled) : fixture.trust
  const stalePolicy =
    stale_policy === undefined || stale_policy === 'bounded' ? DEFAULT_STALE_POLICY : { kind: stale_policy }
  const lists = await readSignedLists(crls, trust)
  const revocation = createListRevocation(lists, { trust, at, stalePolicy, clockSkewSeconds: 30 })
  return createDecisionContext(fixture, {
    at,
    trust,
    revocation,
    tokens: createListedTokens({
      issuers: [fixtureIssuer(fixture.keys)],
      authorityIds: trust.authorityIds,
      lists: revocation,
      revoked: new Set(revokedTokens),
    }),
    replay: createMemoryReplayGuard(seenNonces),
  })
}

function goodLists(fixture: DecisionFixture): readonly Uint8Array[] {
  return [rootList(fixture), issuingList(fixture)]
}

function replaceIssuing(fixture: DecisionFixture, issuing: Uint8Array) {
  return createTrustBundle({
    trustDomain: FIXTURE_TRUST_DOMAIN,
    scopeExtensionOid: fixture.trust.scopeExtensionOid,
    authorities: [
      { id: 'root', role: 'root', certificate: parseCertificate(fixture.root) },
      { id: 'issuing-1', role: 'issuing', certificate: parseCertificate(issuing) },
    ],
  })
}

function exportKey(key: KeyObject): string {
  return key.export({ format: 'der', type: 'pkcs8' }).toString('base64')
}
