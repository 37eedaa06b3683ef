/**
 * Writes `decision.json`: `node test/vectors/generate.ts`. The keys of the present file are used again, so that what
 * changes is what was changed; only ECDSA and RSA-PSS signatures, which are random, differ each time.
 */
import { type KeyObject, createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { formatBase64 } from '../../src/core/bytes.ts'
import { decide } from '../../src/core/decision/decide.ts'
import { OID } from '../../src/core/asn1/oids.ts'
import {
  type FixtureKeys,
  FIXTURE_TRUST_DOMAIN,
  KEY_NAMES,
  createDecisionFixture,
  generateFixtureKeys,
} from '../support/decision-fixture.ts'
import { type DecisionSuite, decodeVector } from '../support/decision-vector.ts'
import { allowCases } from './cases/allow-cases.ts'
import { certificateCases } from './cases/certificate-cases.ts'
import { credentialCases } from './cases/credential-cases.ts'
import { forwardedCases } from './cases/forwarded-cases.ts'
import { messageCases } from './cases/message-cases.ts'
import { requestCases } from './cases/request-cases.ts'
import { toVector } from './cases/vector-case.ts'

const FILE = new URL('decision.json', import.meta.url)

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
  Weak: 'A key or hash that can be broken.',
  KeyUsage: 'A certificate for another purpose.',
  Time: 'Outside a span of time.',
  Subject: 'Names no client of this trust domain, or two.',
  Scopes: 'The scope extension is absent or not canonical.',
  Revocation: 'What the verifier knows of the certificate and its client.',
  Coverage: 'Something that must be signed is not.',
  AlgorithmConfusion: 'An algorithm that is not one of the key.',
  Nonce: 'A nonce of another form.',
  Body: 'The body is not whole, or not the one that was named.',
  Changed: 'Something that is signed was changed.',
  Signature: 'A signature that does not verify.',
  Audience: 'A scope of another resource server.',
  Scope: 'A scope that is not granted.',
  Replay: 'A nonce that was used.',
}

await generate()

async function generate(): Promise<void> {
  const { keys, weakKey } = readKeys() ?? { keys: generateFixtureKeys(), weakKey: generateWeakKey() }
  const fixture = createDecisionFixture(keys)
  const cases = [
    ...allowCases(fixture),
    ...credentialCases(fixture),
    ...forwardedCases(fixture),
    ...certificateCases(fixture, weakKey),
    ...requestCases(fixture),
    ...messageCases(fixture),
  ]
  const suite: DecisionSuite = {
    comment: 'Decisions on requests, docs/protocol.md. See README.md beside this file. Made by generate.ts.',
    flags: FLAGS,
    keys: Object.fromEntries([
      ...KEY_NAMES.map((name) => [name, exportKey(keys[name])] as const),
      ['rsa1024', exportKey(weakKey)] as const,
    ]),
    trust: {
      trust_domain: FIXTURE_TRUST_DOMAIN,
      scope_extension_oid: OID.scopeExtension,
      authorities: [
        { id: 'root', role: 'root', certificate: formatBase64(fixture.root) },
        { id: 'issuing-1', role: 'issuing', certificate: formatBase64(fixture.issuing) },
      ],
    },
    settings: { age_window_seconds: 60, clock_skew_seconds: 30 },
    tests: cases.map(toVector),
  }
  await checkExpectations(suite)
  writeFileSync(FILE, `${JSON.stringify(suite, null, 2)}\n`)
}

/** A vector whose expectation does not hold is a mistake in one of the two: nothing is written. */
async function checkExpectations(suite: DecisionSuite): Promise<void> {
  let wrong = 0
  for (const vector of suite.tests) {
    const { query, context } = decodeVector(suite, vector)
    const { decision, denyReason, message } = await decide(query, context)
    const { expect } = vector
    if (decision === expect.decision && denyReason === expect.deny_reason) continue
    wrong++
    console.error(
      `${vector.id}: expected ${expect.deny_reason ?? 'ALLOW'}, decided ${denyReason ?? 'ALLOW'}: ${message}`,
    )
  }
  if (wrong > 0) throw new Error(`${wrong} vectors do not hold`)
}

function readKeys(): { keys: FixtureKeys; weakKey: KeyObject } | undefined {
  if (!existsSync(FILE)) return undefined
  const stored = (JSON.parse(readFileSync(FILE, 'utf8')) as DecisionSuite).keys
  const read = (name: string) =>
    createPrivateKey({ key: Buffer.from(stored[name] ?? '', 'base64'), format: 'der', type: 'pkcs8' })
  const keys = Object.fromEntries(KEY_NAMES.map((name) => [name, read(name)])) as Record<
    (typeof KEY_NAMES)[number],
    KeyObject
  >
  return { keys, weakKey: read('rsa1024') }
}

function generateWeakKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
}

function exportKey(key: KeyObject): string {
  return key.export({ format: 'der', type: 'pkcs8' }).toString('base64')
}
