import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { before, describe, it } from 'node:test'
import fc from 'fast-check'
import { OID } from '../../src/core/asn1/oids.ts'
import { decide } from '../../src/core/decision/decide.ts'
import { MAX_CHAIN_CERTIFICATES } from '../../src/core/limits.ts'
import { MAX_OFFERED_SIGNATURE_CHECKS } from '../../src/core/path-limits.ts'
import { countCrypto, cryptoWorkOf } from '../support/count-crypto.ts'
import { createDecisionContext, createDecisionFixture, createQuery } from '../support/decision-fixture.ts'
import {
  authorityExtensions,
  clientExtensions,
  encodeTestCertificate,
} from '../support/encode-test-certificate.ts'
import { hoursAfter } from '../support/fixture-lists.ts'

const fixture = createDecisionFixture()
const keys = Array.from({ length: MAX_CHAIN_CERTIFICATES }, () => generateKeyPairSync('ed25519').privateKey)
const key = fc.constantFrom(...keys)
/** Names of ours, so that a path seems to be near, and one of their own. */
const name = fc.constantFrom('Issuing', 'Issuing', 'Root', 'Theirs')
const certificate = fc.record({ issuer: name, subject: name, key, signer: key, naming: fc.boolean() })
const chain = fc.array(certificate, { minLength: 1, maxLength: MAX_CHAIN_CERTIFICATES })

type Drawn = typeof certificate extends fc.Arbitrary<infer T> ? T : never

function encode({ issuer, subject, key: publicKey, signer, naming }: Drawn, i: number): Uint8Array {
  const uris = ['spiffe://chancery.example/client/alice']
  const extensions =
    i === 0
      ? clientExtensions(publicKey, signer, { uris, scopes: ['bob.user.read'] })
      : authorityExtensions(publicKey, signer)
  return encodeTestCertificate({
    ...{ issuer, subject: i === 0 ? 'alice' : subject, publicKey, signer },
    serialNumber: Uint8Array.of(1, i),
    notBefore: hoursAfter(-1),
    notAfter: hoursAfter(1),
    // The key identifier of the issuer tells a verifier where not to look: a stranger leaves it out.
    extensions: naming ? extensions : extensions.filter(({ oid }) => oid !== OID.authorityKeyIdentifier),
  })
}

describe('certificates of strangers, however they point at each other and at us', () => {
  before(countCrypto)

  it('are denied, within the bounds on key imports and signature checks', async () => {
    const context = createDecisionContext(fixture)
    const known = createQuery({ kind: 'presented', chain: [fixture.client('p256')] })
    assert.equal((await decide(known, context)).decision, 'ALLOW')
    await fc.assert(
      fc.asyncProperty(chain, async (drawn) => {
        const query = createQuery({ kind: 'presented', chain: drawn.map(encode) })
        const work = await cryptoWorkOf(() => decide(query, context))
        assert.equal(work.result.decision, 'DENY')
        assert.ok(work.signatureChecks <= MAX_OFFERED_SIGNATURE_CHECKS, `${work.signatureChecks} checks`)
        assert.ok(work.keyImports < MAX_CHAIN_CERTIFICATES, `${work.keyImports} imports`)
      }),
      { numRuns: 300 },
    )
  })
})
