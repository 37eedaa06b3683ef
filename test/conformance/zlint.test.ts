import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { promisify } from 'node:util'
import { signResponderCertificate } from '../../src/authority/sign-certificate.ts'
import { SERIAL_BYTES } from '../../src/core/issuance/plan.ts'
import { findProfile } from '../../src/core/issuance/profile.ts'
import { planResponderCertificate } from '../../src/core/issuance/responder-certificate.ts'
import { decodeSubjectPublicKeyInfo } from '../../src/core/x509/public-key.ts'
import type { CrlReason } from '../../src/core/x509/types.ts'
import type { KeyType } from '../../src/signer/signer.ts'
import { describeWithTool } from '../support/external-tool.ts'
import {
  TEST_NOW,
  TEST_TRUST_DOMAIN,
  type TestAuthority,
  buildAuthority,
  buildCrl,
  buildKey,
  buildLeaf,
} from '../support/build-authority.ts'
import { formatPem } from '../../src/core/pem.ts'

const run = promisify(execFile)

/** The RFCs; the other sources are rules for public web CAs (no URI names, certificate policies, a country) that we are not. */
const SOURCES = 'RFC3279,RFC5280,RFC5480,RFC5891,RFC8813'

/** So few lints would mean that zlint did not see what we gave it. */
const MIN_CERTIFICATE_LINTS = 20
const MIN_CRL_LINTS = 5

const KEY_TYPES: readonly KeyType[] = ['p256', 'p384', 'ed25519', 'rsa2048', 'rsa3072', 'rsa4096']

const REASONS: readonly CrlReason[] = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'aACompromise',
]

/** In a delta only. */
const REMOVED: CrlReason = 'removeFromCRL'

const LONGEST_SERIAL = new Uint8Array(20).fill(0x7f)

/** What zlint says of one lint. */
interface LintVerdict {
  readonly result: string
  readonly details?: string
}

function buildResponder(authority: TestAuthority, publicKeyDer: Uint8Array): Promise<Uint8Array> {
  const plan = planResponderCertificate({
    authorityId: 'root',
    issuer: authority.certificate,
    trustDomain: TEST_TRUST_DOMAIN,
    publicKey: decodeSubjectPublicKeyInfo(publicKeyDer),
    now: TEST_NOW,
    serialOctets: randomBytes(SERIAL_BYTES),
  })
  return signResponderCertificate(plan, { id: 'root', role: 'root', ...authority })
}

describeWithTool('zlint', 'zlint finds nothing in the RFC sources', (zlint) => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chancery-zlint-'))
  })
  after(async () => {
    await rm(folder, { recursive: true })
  })

  const lint = async (name: string, label: string, der: Uint8Array, minLints: number): Promise<void> => {
    const path = join(folder, `${name}.pem`)
    await writeFile(path, formatPem(label, der))
    const { stdout } = await run(zlint, ['-includeSources', SOURCES, path])
    const verdicts = Object.entries(JSON.parse(stdout) as Record<string, LintVerdict>)
    const findings = verdicts.filter(([, { result }]) => ['warn', 'error', 'fatal'].includes(result))
    assert.deepEqual(findings, [], name)
    const passed = verdicts.filter(([, { result }]) => result === 'pass')
    assert.ok(passed.length >= minLints, `${name}: only ${passed.length} lints looked at it`)
  }
  const lintCertificate = (name: string, der: Uint8Array) =>
    lint(name, 'CERTIFICATE', der, MIN_CERTIFICATE_LINTS)
  const lintCrl = (name: string, der: Uint8Array) => lint(name, 'X509 CRL', der, MIN_CRL_LINTS)

  for (const keyType of KEY_TYPES) {
    it(`with ${keyType} keys, in authorities, leaves of every profile and lists`, async () => {
      const urls = {
        crlUrl: 'http://ca.chancery.example/crl/a.crl',
        issuerUrl: 'http://ca.chancery.example/ca/a.crt',
        ocspUrl: 'http://ca.chancery.example/ocsp',
      }
      // One key for all: zlint reads certificates one by one, and making an RSA key of 4096 bits takes seconds.
      const key = await buildKey(keyType)
      const root = await buildAuthority({ key })
      await lintCertificate(`root-${keyType}`, root.certificate.der)
      await lintCertificate(`ocsp-${keyType}`, await buildResponder(root, key.publicKeyDer))
      for (const [variant, input] of Object.entries({ bare: {}, urls })) {
        const issuing = await buildAuthority({ key, parent: root, input })
        await lintCertificate(`issuing-${keyType}-${variant}`, issuing.certificate.der)
        for (const profile of ['client', 'server', 'short']) {
          const leaf = await buildLeaf(issuing, {
            key,
            input: {
              profile: findProfile(profile),
              allowedNames: ['bob.chancery.example', '10.1.2.3', '2001:db8::1'],
              ...input,
            },
          })
          await lintCertificate(`${profile}-${keyType}-${variant}`, leaf.certificate.der)
        }
        const at = { revokedAt: TEST_NOW, invalidityDate: undefined }
        const entries = REASONS.map((reason, i) => ({
          serialNumber: Uint8Array.of(0x40, i),
          reason,
          ...at,
        }))
        await lintCrl(`empty-${keyType}-${variant}`, await buildCrl(issuing, []))
        await lintCrl(`reasons-${keyType}-${variant}`, await buildCrl(issuing, entries))
        const dated = entries.map((entry) => ({
          ...entry,
          invalidityDate: new Date('2026-05-01T00:00:00Z'),
        }))
        const freshestCrlUrl = 'http://ca.chancery.example/crl/a.delta.crl'
        await lintCrl(`dated-${keyType}-${variant}`, await buildCrl(issuing, dated, { freshestCrlUrl }))
        const changes = [...dated, { ...dated[0]!, serialNumber: LONGEST_SERIAL, reason: REMOVED }]
        const distributionPointUrls = ['http://ca.chancery.example/crl/a/shard/16-3.crl']
        for (const [content, list] of Object.entries({ none: [], entries }))
          await lintCrl(
            `shard-${content}-${keyType}-${variant}`,
            await buildCrl(issuing, list, { distributionPointUrls }),
          )
        for (const [content, list] of Object.entries({ none: [], changes })) {
          const delta = await buildCrl(issuing, list, { crlNumber: 9n, baseCrlNumber: 7n })
          await lintCrl(`delta-${content}-${keyType}-${variant}`, delta)
        }
      }
    })
  }

  it('in lists and deltas of 1,000 and 100,000 entries', async () => {
    const issuing = await buildAuthority({ parent: await buildAuthority({}) })
    for (const count of [1000, 100_000]) {
      const entries = Array.from({ length: count }, (_, i) => ({
        serialNumber: Uint8Array.of(0x40, i >> 16, i >> 8, i),
        revokedAt: TEST_NOW,
        reason: REASONS[i % REASONS.length]!,
        invalidityDate: undefined,
      }))
      await lintCrl(`complete-${count}`, await buildCrl(issuing, entries))
      await lintCrl(`delta-${count}`, await buildCrl(issuing, entries, { crlNumber: 2n, baseCrlNumber: 1n }))
    }
  })

  it('with no scopes, and with as many and as long ones as fit', async () => {
    const issuing = await buildAuthority({ parent: await buildAuthority({}) })
    const segment = 's'.repeat(60)
    const many = Array.from(
      { length: 256 },
      (_, i) => `s${String(i).padStart(3, '0')}.${segment.slice(0, 38)}`,
    )
    const long = [[segment, segment, segment, segment].join('.')]
    for (const [name, scopes] of Object.entries({ none: [], many, long })) {
      const leaf = await buildLeaf(issuing, { input: { scopes: { scopes, warnings: [] } } })
      await lintCertificate(`scopes-${name}`, leaf.certificate.der)
    }
  })

  it('and does find a fault that is really there', async () => {
    const root = await buildAuthority({})
    const twice = {
      serialNumber: Uint8Array.of(1),
      reason: 'superseded' as const,
      invalidityDate: undefined,
    }
    const crl = await buildCrl(root, [{ ...twice, revokedAt: new Date(TEST_NOW.getTime() + 1000) }])
    await assert.rejects(lintCrl('from-the-future', crl), assert.AssertionError)
  })
})
