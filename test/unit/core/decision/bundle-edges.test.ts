import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTrustBundle } from '../../../../src/core/decision/trust-bundle.ts'
import { isDenial } from '../../../../src/core/decision/denial.ts'
import { parseChain, verifyPath } from '../../../../src/core/decision/verified-path.ts'
import { parseCertificate } from '../../../../src/core/x509/certificate.ts'
import { edgeKey } from '../../../../src/core/x509/path/verify-edge.ts'
import { FIXTURE_NOW, createDecisionFixture } from '../../../support/decision-fixture.ts'

const fixture = createDecisionFixture()
const [root, issuing] = [parseCertificate(fixture.root), parseCertificate(fixture.issuing)]

function newBundle() {
  return createTrustBundle({
    ...fixture.trust,
    authorities: [
      { id: 'root', role: 'root', certificate: root },
      { id: 'issuing-1', role: 'issuing', certificate: issuing },
    ],
  })
}

async function verify(trust: ReturnType<typeof newBundle>, chain: readonly Uint8Array[]) {
  const parsed = parseChain(chain)
  assert.ok(!isDenial(parsed))
  return verifyPath(parsed, trust, FIXTURE_NOW)
}

describe('the verified edges of a bundle', () => {
  it('are the signatures among its own certificates, once they were found good', async () => {
    const trust = newBundle()
    const edge = edgeKey(issuing, root)
    assert.equal(trust.verifiedEdges.has(edge), false)
    const leaf = fixture.client('p256')
    assert.ok(!isDenial(await verify(trust, [leaf])))
    assert.equal(trust.verifiedEdges.has(edge), true)
    assert.equal(trust.verifiedEdges.has(edgeKey(parseCertificate(leaf), issuing)), false)
  })

  it('do not outlive the bundle', async () => {
    await verify(newBundle(), [fixture.client('p256')])
    assert.equal(newBundle().verifiedEdges.has(edgeKey(issuing, root)), false)
  })

  it('are never what a stranger signed, however good the signature', async () => {
    const trust = newBundle()
    const other = createDecisionFixture()
    const chain = [other.client('p256'), other.issuing, other.root]
    assert.ok(isDenial(await verify(trust, chain)))
    const [leaf, theirIssuing, theirRoot] = chain.map(parseCertificate)
    assert.equal(trust.verifiedEdges.has(edgeKey(leaf!, theirIssuing!)), false)
    assert.equal(trust.verifiedEdges.has(edgeKey(theirIssuing!, theirRoot!)), false)
  })

  it('do not vouch for a certificate that differs by one octet, wherever it is', () => {
    const known = edgeKey(issuing, root)
    for (let i = 0; i < fixture.issuing.length; i += 7) {
      const der = fixture.issuing.with(i, fixture.issuing[i]! ^ 1)
      assert.notEqual(edgeKey({ der }, root), known)
    }
  })

  it('do not keep a signature by one of its keys on a forged certificate from being checked', async () => {
    const trust = newBundle()
    await verify(trust, [fixture.client('p256')])
    const leaf = fixture.client('p256')
    const forged = leaf.with(leaf.length - 3, leaf.at(-3)! ^ 1)
    const denied = await verify(trust, [forged])
    assert.ok(isDenial(denied))
    assert.equal(denied.denied, 'CERTIFICATE_SIGNATURE_INVALID')
  })
})
