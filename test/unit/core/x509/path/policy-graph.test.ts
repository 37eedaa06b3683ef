import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OID } from '../../../../../src/core/asn1/oids.ts'
import {
  type TestEntity,
  type TestExtension,
  certificatePolicies,
  criticalPolicyWithQualifier,
  inhibitAnyPolicy,
  makeCa,
  makeLeaf,
  makeRoot,
  policyConstraints,
  policyMappings,
  verdict,
} from '../../../../support/pki/index.ts'

const [A, B, C] = ['1.3.6.1.4.1.32473.2.1', '1.3.6.1.4.1.32473.2.2', '1.3.6.1.4.1.32473.2.3']
const ANY = OID.anyPolicy
const required = policyConstraints({ requireExplicitPolicy: 0 })

/** A chain whose CAs and, last, leaf have these extensions; `self` makes one self-issued. */
async function chain(...steps: readonly (readonly (TestExtension | 'self')[])[]) {
  const root = makeRoot({ subject: 'CN=Root' })
  const above: TestEntity[] = []
  const extensionsOf = (step: readonly (TestExtension | 'self')[]) => step.filter((part) => part !== 'self')
  for (const [i, step] of steps.slice(0, -1).entries()) {
    const parent = above.at(-1) ?? root
    const subject = step.includes('self') ? parent.name : `CN=CA ${i}`
    above.push(makeCa(parent, { subject, extensions: extensionsOf(step) }))
  }
  const [issuer, last] = [above.at(-1) ?? root, steps.at(-1)!]
  const subject = last.includes('self') ? issuer.name : 'CN=leaf'
  const leaf = makeLeaf(issuer, { subject, extensions: extensionsOf(last) })
  return verdict({ leaf, via: above, anchors: [root] })
}

const policies = certificatePolicies
const refused = 'CHAIN_INVALID'

describe('certificate policies', () => {
  it('do not matter as long as nobody requires one', async () => {
    assert.equal(await chain([policies(A)], [policies(B)]), 'ok')
    assert.equal(await chain([], [policies(A)]), 'ok')
    assert.equal(await chain([policies(A)], []), 'ok')
  })

  it('must be shared by the whole path once one is required', async () => {
    assert.equal(await chain([policies(A), required], [policies(A)]), 'ok')
    assert.equal(await chain([policies(A, B), required], [policies(B, C)]), 'ok')
    assert.equal(await chain([policies(A), required], [policies(B)]), refused)
    assert.equal(await chain([policies(A), required], []), refused)
    assert.equal(await chain([required], [policies(A)]), refused)
    assert.equal(await chain([policies(A)], [policies(A), required]), 'ok')
    assert.equal(await chain([policies(A)], [policies(B), required]), refused)
  })

  it('are required only after the number of certificates that a CA says', async () => {
    const later = (n: number) => policyConstraints({ requireExplicitPolicy: n })
    assert.equal(await chain([policies(A), later(2)], [policies(B)], [policies(C)]), refused)
    assert.equal(await chain([policies(A), later(3)], [policies(B)], [policies(C)]), 'ok')
    assert.equal(await chain([policies(A), later(2)], ['self', policies(A)], []), 'ok')
    assert.equal(await chain([policies(A), later(2)], [policies(A)], []), refused)
    assert.equal(await chain([policies(A), later(9)], [policies(A), later(0)], [policies(B)]), refused)
  })

  it('take any-policy for every policy, unless that is inhibited', async () => {
    assert.equal(await chain([policies(ANY), required], [policies(A)]), 'ok')
    assert.equal(await chain([policies(A), required], [policies(ANY)]), 'ok')
    assert.equal(await chain([policies(A), required, inhibitAnyPolicy(0)], [policies(ANY)]), refused)
    assert.equal(
      await chain([policies(A), required, inhibitAnyPolicy(1)], [policies(ANY)], [policies(A)]),
      'ok',
    )
    assert.equal(
      await chain([policies(A), required, inhibitAnyPolicy(1)], [policies(A)], [policies(ANY)]),
      refused,
    )
  })

  it('take any-policy of a self-issued CA also when it is inhibited, but not of a leaf', async () => {
    const limits = [policies(A), required, inhibitAnyPolicy(0)]
    assert.equal(await chain(limits, ['self', policies(ANY)], [policies(A)]), 'ok')
    assert.equal(await chain(limits, ['self', policies(A)], [policies(ANY)]), refused)
    assert.equal(await chain(limits, ['self', policies(ANY)]), refused)
  })

  it('are mapped to those of another domain, unless that is inhibited', async () => {
    const maps = policyMappings([A, B])
    assert.equal(await chain([policies(A), required, maps], [policies(B)]), 'ok')
    assert.equal(await chain([policies(A), required, maps], [policies(A)]), refused)
    assert.equal(await chain([policies(A), required, policyMappings([A, B], [A, C])], [policies(C)]), 'ok')
    assert.equal(await chain([policies(ANY), required, maps], [policies(B)]), 'ok')
    const inhibited = policyConstraints({ requireExplicitPolicy: 0, inhibitPolicyMapping: 0 })
    assert.equal(await chain([policies(A), inhibited], [policies(A), maps], [policies(B)]), refused)
    assert.equal(await chain([policies(A), inhibited], [policies(A), maps], [policies(A)]), refused)
    const once = policyConstraints({ requireExplicitPolicy: 0, inhibitPolicyMapping: 1 })
    assert.equal(await chain([policies(A), once], [policies(A), maps], [policies(B)]), 'ok')
  })

  it('are never mapped to or from any-policy', async () => {
    for (const pair of [
      [A, ANY],
      [ANY, A],
    ] as const) {
      assert.equal(await chain([policies(A), policyMappings(pair)], [policies(A)]), refused)
      assert.equal(await chain([policies(A)], [policies(A), policyMappings(pair)]), refused)
    }
  })

  it('are refused when critical with a qualifier that is not known', async () => {
    assert.equal(await chain([], [criticalPolicyWithQualifier(A, '1.2.3.4')]), 'CRITICAL_EXTENSION_UNKNOWN')
    assert.equal(await chain([], [criticalPolicyWithQualifier(A, '1.3.6.1.5.5.7.2.1')]), 'ok')
  })

  it('required by the anchor count from the start', async () => {
    const root = makeRoot({ extensions: [required] })
    assert.equal(await verdict({ leaf: makeLeaf(root), anchors: [root] }), refused)
    const leaf = makeLeaf(root, { extensions: [policies(A)] })
    assert.equal(await verdict({ leaf, anchors: [root] }), 'ok')
  })

  it('take time that does not grow with the number of ways through the mappings', async () => {
    const many = Array.from({ length: 60 }, (_, i) => `1.3.6.1.4.1.32473.3.${i}`)
    const all = policies(...many)
    const crossed = policyMappings(...many.map((from, i) => [from, many[(i + 1) % many.length]!] as const))
    const step = [all, crossed, required]
    assert.equal(await chain(step, step, step, step, step, step, step, [all]), 'ok')
  })
})
