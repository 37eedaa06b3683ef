import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeTbsCertificate } from '../../../../src/core/issuance/encode-certificate.ts'
import { lintTbsCertificate } from '../../../../src/core/issuance/lint-certificate.ts'
import { type PlanInput, planCertificate } from '../../../../src/core/issuance/plan.ts'
import { findProfile } from '../../../../src/core/issuance/profile.ts'
import { buildAuthority, buildKey, buildPlanInput } from '../../../support/build-authority.ts'

const root = await buildAuthority({})
const issuing = await buildAuthority({ parent: root })
const successor = await buildAuthority({ parent: root })
const { publicKeyDer } = await buildKey()

const USUAL = {
  profile: findProfile('client'),
  crlUrl: 'http://ca.example/crl',
  issuerUrl: 'http://ca.example/ca',
  ocspUrl: 'http://ca.example/ocsp',
}

/** Encodes, and holds what was encoded against the plan, URL by URL. */
function assertEncodes(changes: Partial<PlanInput>, authority = issuing): void {
  const { certificate, signer } = authority
  const plan = planCertificate(buildPlanInput(certificate, publicKeyDer, { ...USUAL, ...changes }))
  const tbs = encodeTbsCertificate(plan, signer.algorithm)
  assert.doesNotThrow(() => {
    lintTbsCertificate(tbs, signer.algorithm, plan, certificate)
  })
}

describe('encodeTbsCertificate', () => {
  for (const field of ['crlUrl', 'issuerUrl', 'ocspUrl'] as const) {
    it(`encodes ${field} as it is planned, whatever it was in the certificate before`, () => {
      for (const url of [USUAL[field], 'http://other.example/', undefined, USUAL[field]])
        assertEncodes({ [field]: url })
    })
  }

  it('encodes the usage and the issuer as they are planned, whatever they were in the certificate before', () => {
    for (const name of ['client', 'server', 'client']) {
      for (const authority of [issuing, successor, issuing])
        assertEncodes({ profile: findProfile(name) }, authority)
    }
  })
})
