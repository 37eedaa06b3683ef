import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { OID } from '../../src/core/asn1/oids.ts'
import { MalformedError } from '../../src/core/errors.ts'
import { assembleCertificate } from '../../src/core/issuance/assemble.ts'
import { clientIdentity, isClientId } from '../../src/core/issuance/client-identity.ts'
import { encodeTbsCertificate } from '../../src/core/issuance/encode-certificate.ts'
import { lintTbsCertificate } from '../../src/core/issuance/lint-certificate.ts'
import { planCertificate } from '../../src/core/issuance/plan.ts'
import { findProfile } from '../../src/core/issuance/profile.ts'
import { resolveScopes } from '../../src/core/issuance/resolve-scopes.ts'
import { certificateScopes } from '../../src/core/scope/scope-extension.ts'
import { normalizeScopes } from '../../src/core/scope/scope-set.ts'
import { parseCertificate } from '../../src/core/x509/certificate.ts'
import {
  TEST_NOW,
  TEST_TRUST_DOMAIN,
  buildAuthority,
  buildKey,
  buildPlanInput,
} from '../support/build-authority.ts'

const issuing = await buildAuthority({ parent: await buildAuthority({}) })
const { publicKeyDer } = await buildKey()

const segment = fc.stringMatching(/^[a-z0-9_-]{1,8}$/)
const scope = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('.'))
const scopes = fc.array(scope, { maxLength: 20 }).map((all) => normalizeScopes(all))
const clientId = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,63}$/)
const serialOctets = fc.uint8Array({ minLength: 16, maxLength: 16 })
const now = fc.date({ min: TEST_NOW, max: new Date('2031-01-01T00:00:00Z'), noInvalidDate: true })
const validitySeconds = fc.integer({ min: 10, max: 397 * 24 * 60 * 60 })

describe('the laws of issuance', () => {
  it('whatever is planned passes lint and is read back as planned', () => {
    fc.assert(
      fc.property(clientId, scopes, serialOctets, now, validitySeconds, (id, set, octets, at, seconds) => {
        const plan = planCertificate(
          buildPlanInput(issuing.certificate, publicKeyDer, {
            clientId: id,
            scopes: { scopes: set, warnings: [] },
            serialOctets: octets,
            now: at,
            validitySeconds: seconds,
          }),
        )
        const tbs = encodeTbsCertificate(plan, 'ecdsa-p256-sha256')
        lintTbsCertificate(tbs, 'ecdsa-p256-sha256', plan, issuing.certificate)
        const certificate = parseCertificate(
          assembleCertificate(tbs, 'ecdsa-p256-sha256', new Uint8Array(64)),
        )
        assert.equal(clientIdentity(certificate, TEST_TRUST_DOMAIN).clientId, id)
        assert.deepEqual(certificateScopes(certificate, OID.scopeExtension), set)
        assert.ok(certificate.notAfter <= issuing.certificate.notAfter)
        assert.ok(certificate.notAfter.getTime() - at.getTime() <= seconds * 1000)
        assert.ok(certificate.notBefore <= at)
      }),
    )
  })
  it('no octet of the to-be-signed part can change without failing lint', () => {
    const plan = planCertificate(
      buildPlanInput(issuing.certificate, publicKeyDer, {
        profile: findProfile('short'),
        crlUrl: 'http://ca.chancery.example/crl/issuing-1.crl',
        issuerUrl: 'http://ca.chancery.example/ca/issuing-1.crt',
      }),
    )
    const tbs = encodeTbsCertificate(plan, 'ecdsa-p256-sha256')
    fc.assert(
      fc.property(fc.nat(tbs.length - 1), fc.integer({ min: 1, max: 255 }), (position, difference) => {
        const changed = Uint8Array.from(tbs)
        changed[position]! ^= difference
        assert.throws(
          () => {
            lintTbsCertificate(changed, 'ecdsa-p256-sha256', plan, issuing.certificate)
          },
          { reason: 'LINT_FAILED' },
        )
      }),
      { numRuns: 2000 },
    )
  })
  it('asking never adds a scope: what is carried is asked for and granted', () => {
    fc.assert(
      fc.property(scopes, fc.array(scope, { minLength: 1, maxLength: 5 }), (grant, asked) => {
        let carried: readonly string[]
        try {
          carried = resolveScopes('alice', grant, asked).scopes
        } catch {
          assert.ok(asked.some((one) => !grant.includes(one)))
          return
        }
        assert.deepEqual(carried, normalizeScopes(asked))
        assert.ok(carried.every((one) => grant.includes(one)))
      }),
    )
  })
  it('a text is a client id, or refused, but never a surprise', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => !isClientId(text) || /^[\x21-\x7e]{1,64}$/.test(text),
      ),
    )
  })
  it('arbitrary octets are a parse error and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        assert.throws(() => parseCertificate(octets), MalformedError)
      }),
    )
  })
})
