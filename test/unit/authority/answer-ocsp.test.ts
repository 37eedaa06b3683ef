import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createAnswerOcsp } from '../../../src/authority/answer-ocsp.ts'
import { MAX_OCSP_SIGNATURES } from '../../../src/core/limits.ts'
import { REASON_CODES } from '../../../src/core/revocation/encode-crl.ts'
import { formatSerialNumber } from '../../../src/core/x509/serial-number.ts'
import { StoreError } from '../../../src/store/store.ts'
import { buildAuthority } from '../../support/build-authority.ts'
import { buildOcsp } from '../../support/build-ocsp.ts'
import { encodeCertId, encodeOcspRequest, ocspStatusOf, readOcspResponse } from '../../support/ocsp.ts'

const MALFORMED = 1
const INTERNAL_ERROR = 2
const TRY_LATER = 3
const UNAUTHORIZED = 6

const HOUR_MS = 60 * 60 * 1000
const NONCE = new Uint8Array(32).fill(5)

type Fixture = Awaited<ReturnType<typeof buildOcsp>>

/** Asks about serial numbers of the issuing authority, and reads what comes back as a careful client. */
async function ask(fixture: Fixture, serialNumbers: readonly string[], nonce?: Uint8Array) {
  const certIds = serialNumbers.map((serial) => encodeCertId(fixture.issuing.certificate, serial))
  const { der, shared } = await fixture.answer(encodeOcspRequest(certIds, nonce && { nonce }))
  const response = readOcspResponse(der, fixture.issuing.certificate, fixture.clock.now())
  const standings = response.responses.map(({ kind, reason }) => [kind, reason] as const)
  return { der, shared, ...response, standings }
}

describe('OCSP answers', () => {
  it('say good, revoked with instant and reason, and unknown of what was never issued', async () => {
    const fixture = await buildOcsp()
    const [good, revoked] = [await fixture.issue(), await fixture.issue()]
    await fixture.revoke(revoked, 'keyCompromise')
    const { responses, standings, producedAt } = await ask(fixture, [good, revoked, '4001'])
    assert.deepEqual(standings, [
      ['good', undefined],
      ['revoked', REASON_CODES.keyCompromise],
      ['unknown', undefined],
    ])
    assert.deepEqual(responses[1]?.revokedAt, fixture.clock.now())
    assert.deepEqual(
      responses.map(({ certId }) => certId.serialNumber),
      [good, revoked, '4001'],
    )
    for (const { thisUpdate, nextUpdate } of responses) {
      assert.deepEqual(thisUpdate, producedAt)
      assert.equal(nextUpdate.getTime() - thisUpdate.getTime(), HOUR_MS)
    }
    assert.deepEqual(fixture.outcomes, ['good', 'revoked', 'unknown'])
  })

  it('count a revocation at once, though no list has it', async () => {
    const fixture = await buildOcsp()
    await fixture.feed.stop()
    const serial = await fixture.issue()
    assert.deepEqual((await ask(fixture, [serial])).standings, [['good', undefined]])
    await fixture.revoke(serial, 'superseded')
    assert.deepEqual((await ask(fixture, [serial])).standings, [['revoked', REASON_CODES.superseded]])
  })

  it('leave the reason out where none was given', async () => {
    const fixture = await buildOcsp()
    const serial = await fixture.issue()
    await fixture.revoke(serial)
    assert.deepEqual((await ask(fixture, [serial])).standings, [['revoked', undefined]])
  })

  it('are given for the root by a responder of the root: the issuing authority is good', async () => {
    const fixture = await buildOcsp()
    const { root, issuing, clock } = fixture
    const serial = formatSerialNumber(issuing.certificate.serialNumber)
    const request = encodeOcspRequest([encodeCertId(root.certificate, serial, 'sha256')])
    const { der } = await fixture.answer(request)
    const { responses } = readOcspResponse(der, root.certificate, clock.now())
    assert.equal(responses[0]?.kind, 'good')
    // The same serial number under the other authority was never issued.
    assert.deepEqual((await ask(fixture, [serial])).standings, [['unknown', undefined]])
  })

  it('echo the nonce, and are then for nobody else', async () => {
    const fixture = await buildOcsp()
    const serial = await fixture.issue()
    const first = await ask(fixture, [serial], NONCE)
    assert.deepEqual(Buffer.from(first.nonce ?? []), Buffer.from(NONCE))
    assert.equal(first.shared, undefined)
    const without = await ask(fixture, [serial])
    assert.equal(without.nonce, undefined)
    assert.ok(without.shared)
  })

  it('are signed once per certificate until half of their life is over', async () => {
    const fixture = await buildOcsp()
    const serial = await fixture.issue()
    const first = await ask(fixture, [serial])
    await fixture.time.advance(HOUR_MS / 2 - 1000)
    assert.deepEqual((await ask(fixture, [serial])).der, first.der)
    assert.equal(fixture.signed, 1)
    await fixture.time.advance(1000)
    const second = await ask(fixture, [serial])
    assert.equal(fixture.signed, 2)
    assert.equal(second.producedAt.getTime() - first.producedAt.getTime(), HOUR_MS / 2)
  })

  it('are signed anew for each nonce, for several certificates, for unknown ones, and after a change', async () => {
    const fixture = await buildOcsp()
    const [one, two] = [await fixture.issue(), await fixture.issue()]
    const signaturesOf = async (...args: [serials: string[], nonce?: Uint8Array]) => {
      const before = fixture.signed
      await ask(fixture, ...args)
      await ask(fixture, ...args)
      return fixture.signed - before
    }
    assert.equal(await signaturesOf([one]), 1)
    assert.equal(await signaturesOf([one], NONCE), 2)
    assert.equal(await signaturesOf([one, two]), 2)
    assert.equal(await signaturesOf(['4001']), 2)
    await fixture.revoke(one)
    assert.equal(await signaturesOf([one]), 1)
  })

  it('are not taken from a future that the clock was set back from', async () => {
    const fixture = await buildOcsp()
    const serial = await fixture.issue()
    let now = fixture.clock.now()
    const answer = createAnswerOcsp({ ...fixture.ocsp, clock: { now: () => now } })
    await ask({ ...fixture, answer }, [serial])
    now = new Date(now.getTime() - 10_000)
    const { producedAt } = await ask({ ...fixture, answer }, [serial])
    assert.deepEqual(producedAt, now)
  })

  it('end with the certificate of the responder, never later', async () => {
    const fixture = await buildOcsp()
    const serial = await fixture.issue()
    const { notAfter } = fixture.responders.current('issuing-1')!
    fixture.responders.stop()
    await fixture.time.advance(notAfter.getTime() - fixture.clock.now().getTime() - 60_000)
    const { responses } = await ask(fixture, [serial])
    assert.deepEqual(responses[0]?.nextUpdate, notAfter)
  })

  it('are refused as malformed, without a signature, for what is no request', async () => {
    const fixture = await buildOcsp()
    for (const der of [new Uint8Array(), Uint8Array.of(0x30, 0), encodeOcspRequest([])]) {
      const answer = await fixture.answer(der)
      assert.equal(ocspStatusOf(answer.der), MALFORMED)
      assert.equal(answer.shared, undefined)
    }
    assert.equal(fixture.signed, 0)
    assert.deepEqual(fixture.outcomes, ['malformedRequest', 'malformedRequest', 'malformedRequest'])
  })

  it('are refused as unauthorized for other issuers, other hashes, and two authorities in one request', async () => {
    const fixture = await buildOcsp()
    const { root, issuing } = fixture
    const stranger = await buildAuthority({})
    const sameName = { ...stranger.certificate, subject: issuing.certificate.subject }
    const requests = [
      [encodeCertId(stranger.certificate, '4001')],
      [encodeCertId(sameName, '4001')],
      [encodeCertId(issuing.certificate, '4001', 'sha512')],
      [encodeCertId(issuing.certificate, '4001'), encodeCertId(root.certificate, '4001')],
      [encodeCertId(issuing.certificate, '4001'), encodeCertId(stranger.certificate, '4001')],
    ]
    for (const certIds of requests)
      assert.equal(ocspStatusOf((await fixture.answer(encodeOcspRequest(certIds))).der), UNAUTHORIZED)
    assert.equal(fixture.signed, 0)
  })

  it('are put off while the responder has no valid certificate', async () => {
    const fixture = await buildOcsp()
    const serial = await fixture.issue()
    const request = encodeOcspRequest([encodeCertId(fixture.issuing.certificate, serial)])
    await fixture.answer(request)
    const { notAfter } = fixture.responders.current('issuing-1')!
    fixture.responders.stop()
    await fixture.time.advance(notAfter.getTime() - fixture.clock.now().getTime())
    assert.equal(ocspStatusOf((await fixture.answer(request)).der), TRY_LATER)
  })

  it('are put off beyond so many signatures at once, but not where one is at hand', async () => {
    const fixture = await buildOcsp()
    const serial = await fixture.issue()
    const request = encodeOcspRequest([encodeCertId(fixture.issuing.certificate, serial)])
    const responder = fixture.responders.current('issuing-1')!
    const waiting: (() => void)[] = []
    let isSlow = false
    const slow = {
      ...responder,
      signer: {
        ...responder.signer,
        sign: async (message: Uint8Array) => {
          if (isSlow) await new Promise<void>((resolve) => waiting.push(resolve))
          return responder.signer.sign(message)
        },
      },
    }
    const answer = createAnswerOcsp({ ...fixture.ocsp, responders: { current: () => slow } })
    await answer(request)
    isSlow = true
    const withNonce = (octet: number) =>
      encodeOcspRequest([encodeCertId(fixture.issuing.certificate, serial)], {
        nonce: new Uint8Array(16).fill(octet),
      })
    const pending = Array.from({ length: MAX_OCSP_SIGNATURES }, (_, i) => answer(withNonce(i)))
    assert.equal(ocspStatusOf((await answer(withNonce(255))).der), TRY_LATER)
    assert.equal(ocspStatusOf((await answer(request)).der), 0)
    for (const go of waiting.splice(0)) go()
    for (const { der } of await Promise.all(pending)) assert.equal(ocspStatusOf(der), 0)
    isSlow = false
    assert.equal(ocspStatusOf((await answer(withNonce(255))).der), 0)
  })

  it('are an internal error when the store cannot tell or the key does not answer, never good', async () => {
    const fixture = await buildOcsp()
    const serial = await fixture.issue()
    const request = encodeOcspRequest([encodeCertId(fixture.issuing.certificate, serial)])
    await fixture.answer(request)
    const certificates = {
      ...fixture.store.certificates,
      status: () => {
        throw new StoreError('the disk is gone')
      },
    }
    const noStore = createAnswerOcsp({ ...fixture.ocsp, store: { certificates } })
    assert.equal(ocspStatusOf((await noStore(request)).der), INTERNAL_ERROR)
    const responder = fixture.responders.current('issuing-1')!
    const signer = { ...responder.signer, sign: () => Promise.reject(new Error('the key does not answer')) }
    const noKey = createAnswerOcsp({
      ...fixture.ocsp,
      responders: { current: () => ({ ...responder, signer }) },
    })
    for (let i = 0; i <= MAX_OCSP_SIGNATURES; i++)
      assert.equal(ocspStatusOf((await noKey(request)).der), INTERNAL_ERROR)
  })
})
