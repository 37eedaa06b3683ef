import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SERVICE_CLIENT_ID } from '../../../src/authority/first-clients.ts'
import { createOcspResponders } from '../../../src/authority/ocsp-responders.ts'
import { equalBytes, formatHex } from '../../../src/core/bytes.ts'
import { hash, sha256 } from '../../../src/core/crypto.ts'
import { RESPONDER_VALIDITY_SECONDS } from '../../../src/core/issuance/responder-certificate.ts'
import { parseCertificate } from '../../../src/core/x509/certificate.ts'
import { formatSerialNumber } from '../../../src/core/x509/serial-number.ts'
import { validatePath } from '../../../src/core/x509/path/validate-path.ts'
import { SignerError } from '../../../src/signer/signer.ts'
import { buildOcsp } from '../../support/build-ocsp.ts'

const DAY_MS = 24 * 60 * 60 * 1000

describe('the OCSP responders', () => {
  it('are certified by each authority for a week, for OCSP and nothing else', async () => {
    const { responders, root, issuing, clock } = await buildOcsp()
    for (const authority of [root, issuing]) {
      const responder = responders.current(authority.id)!
      const certificate = parseCertificate(responder.certificateDer)
      assert.deepEqual(certificate.issuer.der, authority.certificate.subject.der)
      assert.deepEqual(
        certificate.notAfter.getTime() - clock.now().getTime(),
        RESPONDER_VALIDITY_SECONDS * 1000,
      )
      assert.ok(equalBytes(certificate.publicKey.der, responder.signer.publicKeyDer))
      assert.deepEqual(responder.keyHash, hash('sha1', certificate.publicKey.keyBytes))
      assert.notDeepEqual(certificate.publicKey.der, authority.certificate.publicKey.der)
    }
    assert.equal(responders.current('issuing-2'), undefined)
  })

  it('stand in the inventory and in the audit log like every certificate', async () => {
    const { responders, store } = await buildOcsp()
    const { certificateDer } = responders.current('root')!
    const serialNumber = formatSerialNumber(parseCertificate(certificateDer).serialNumber)
    const stored = await store.certificates.get('root', serialNumber)
    assert.equal(stored?.clientId, SERVICE_CLIENT_ID)
    assert.equal(stored.profile, 'ocsp')
    const entries = await store.audit.list({ afterSequence: 0n, limit: 100 })
    const entry = entries.find(({ subject }) => subject === serialNumber)
    assert.equal(entry?.action, 'certificate.issue')
    assert.equal(entry.details['certificate_sha256'], formatHex(sha256(certificateDer)))
  })

  it('get a new key and certificate within the window, and never answer with one that has ended', async () => {
    const fixture = await buildOcsp()
    await fixture.feed.stop()
    const seen = new Set<string>()
    for (let day = 0; day < 30; day++) {
      const { signer, notAfter } = fixture.responders.current('issuing-1')!
      seen.add(formatHex(signer.publicKeyDer))
      assert.ok(notAfter.getTime() - fixture.clock.now().getTime() > DAY_MS, `day ${day}`)
      await fixture.time.advance(DAY_MS)
    }
    assert.ok(seen.size >= 4 && seen.size <= 7, `${seen.size} keys in 30 days`)
  })

  it('are replaced at once when they are revoked', async () => {
    const fixture = await buildOcsp()
    const before = fixture.responders.current('issuing-1')!
    await fixture.revoke(formatSerialNumber(parseCertificate(before.certificateDer).serialNumber))
    await fixture.time.advance(1000)
    assert.notDeepEqual(fixture.responders.current('issuing-1')?.certificateDer, before.certificateDer)
  })

  it('are missing while an authority does not sign, and come when it does; the others answer meanwhile', async () => {
    const fixture = await buildOcsp()
    fixture.responders.stop()
    let works = false
    const { root, issuing } = fixture
    const brokenRoot = {
      ...root,
      signer: {
        ...root.signer,
        sign: (message: Uint8Array) =>
          works ? root.signer.sign(message) : Promise.reject(new SignerError('no key')),
      },
    }
    const responders = createOcspResponders({ ...fixture.ocsp, authorities: [brokenRoot, issuing] })
    await responders.start()
    assert.equal(responders.current('root'), undefined)
    assert.ok(responders.current('issuing-1'))
    await fixture.time.advance(90_000)
    assert.equal(responders.current('root'), undefined)
    works = true
    await fixture.time.advance(60_000)
    assert.ok(responders.current('root'))
    responders.stop()
  })

  it('have ended when their certificate has, though nothing renewed it', async () => {
    const { responders, time } = await buildOcsp()
    responders.stop()
    await time.advance(RESPONDER_VALIDITY_SECONDS * 1000 - 1)
    assert.ok(responders.current('root'))
    await time.advance(1)
    assert.equal(responders.current('root'), undefined)
  })

  it('cannot be used to call the service or to be one', async () => {
    const { responders, root, issuing, clock } = await buildOcsp()
    const leaf = parseCertificate(responders.current('issuing-1')!.certificateDer)
    for (const purpose of ['client', 'server'] as const) {
      const verdict = await validatePath({
        leaf,
        intermediates: [issuing.certificate],
        anchors: [root.certificate],
        crls: [],
        at: clock.now(),
        purpose,
        revocation: 'off',
      })
      assert.ok(!verdict.ok && verdict.reason === 'KEY_USAGE_INVALID', purpose)
    }
  })
})
