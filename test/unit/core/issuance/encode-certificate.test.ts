import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeTbsCertificate } from '../../../../src/core/issuance/encode-certificate.ts'
import { lintTbsCertificate } from '../../../../src/core/issuance/lint-certificate.ts'
import { planCertificate } from '../../../../src/core/issuance/plan.ts'
import { findProfile } from '../../../../src/core/issuance/profile.ts'
import { buildAuthority, buildKey, buildPlanInput } from '../../../support/build-authority.ts'

const root = await buildAuthority({})
const authorities = [await buildAuthority({ parent: root }), await buildAuthority({ parent: root })]
const { publicKeyDer } = await buildKey()

describe('encodeTbsCertificate', () => {
  it('encodes each plan by itself, whatever was encoded before for another profile, issuer or URL', () => {
    const plans = authorities.flatMap(({ certificate, signer: { algorithm } }) =>
      ['client', 'short'].flatMap((profile) =>
        [undefined, 'http://a.example/1', 'http://b.example/2'].flatMap((url) =>
          ['crlUrl', 'issuerUrl', 'ocspUrl'].map((field) => {
            const changes = { profile: findProfile(profile), [field]: url }
            return {
              plan: planCertificate(buildPlanInput(certificate, publicKeyDer, changes)),
              certificate,
              algorithm,
            }
          }),
        ),
      ),
    )
    const encodeAll = (inOrder: typeof plans) =>
      new Map(inOrder.map((each) => [each.plan, encodeTbsCertificate(each.plan, each.algorithm)]))
    const forwards = encodeAll(plans)
    const backwards = encodeAll(plans.toReversed())
    assert.deepEqual(forwards.size, 36)
    for (const { plan, certificate, algorithm } of plans) {
      assert.deepEqual(forwards.get(plan), backwards.get(plan))
      // The lint holds what was encoded against the plan, URL by URL.
      assert.doesNotThrow(() => {
        lintTbsCertificate(forwards.get(plan)!, algorithm, plan, certificate)
      })
    }
  })
})
