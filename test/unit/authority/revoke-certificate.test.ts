import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createClient } from '../../../src/authority/create-client.ts'
import { issueCertificate } from '../../../src/authority/issue-certificate.ts'
import {
  revokeCertificate,
  type RevokeCertificateRequest,
} from '../../../src/authority/revoke-certificate.ts'
import { sha256 } from '../../../src/core/crypto.ts'
import { ADMIN, buildCsr, buildUseCases, callerOf, issueRequest } from '../../support/build-use-cases.ts'

function revokeRequest(request: Partial<RevokeCertificateRequest>): RevokeCertificateRequest {
  return {
    target: { kind: 'client', clientId: 'alice' },
    reason: 'unspecified',
    invalidityDate: undefined,
    expectedCount: undefined,
    dryRun: false,
    ...request,
  }
}

async function withCertificates(count = 1) {
  const deps = await buildUseCases()
  for (const clientId of ['alice', 'bob']) {
    await createClient(deps, ADMIN, {
      clientId,
      displayName: '',
      grantedScopes: ['bob.user.read'],
      profiles: [],
      dnsNames: [],
    })
  }
  const key = buildCsr()
  const serials: string[] = []
  let der = new Uint8Array()
  for (let i = 0; i < count; i++) {
    const issued = await issueCertificate(
      deps,
      ADMIN,
      issueRequest({ key: { kind: 'csr', der: key.csrDer } }),
    )
    serials.push(issued.certificate!.serialNumber)
    der = Uint8Array.from(issued.certificate!.der)
  }
  const serial = (index = 0) => ({ kind: 'serial', serialNumber: serials[index]!, authority: '' }) as const
  return { ...deps, serials, serial, der, spkiDer: key.spkiDer, csrDer: key.csrDer }
}

describe('revokeCertificate', () => {
  it('revokes by serial number in any case, and says in which list', async () => {
    const deps = await withCertificates()
    const before = deps.feed.current('issuing-1')!.crlNumber
    const serialNumber = `00${deps.serials[0]!.toUpperCase()}`
    const result = await revokeCertificate(
      deps,
      ADMIN,
      revokeRequest({
        target: { kind: 'serial', serialNumber, authority: 'issuing-1' },
        reason: 'keyCompromise',
      }),
    )
    assert.equal(result.revoked.length, 1)
    assert.equal(result.crlNumber, before + 1n)
    await deps.time.advance(100)
    assert.equal(deps.feed.current('issuing-1')!.crlNumber, result.crlNumber)
    assert.equal(deps.feed.complete('issuing-1')!.entryCount, 1)
  })

  it('counts what is already revoked as success and keeps its first reason, unless the key is found compromised', async () => {
    const deps = await withCertificates()
    const first = await revokeCertificate(
      deps,
      ADMIN,
      revokeRequest({ target: deps.serial(), reason: 'superseded' }),
    )
    const second = await revokeCertificate(
      deps,
      ADMIN,
      revokeRequest({ target: deps.serial(), reason: 'cessationOfOperation' }),
    )
    assert.equal(second.revoked.length, 0)
    assert.equal(second.alreadyRevoked[0]?.revocation?.reason, 'superseded')
    assert.equal(second.crlNumber, first.crlNumber)
    const third = await revokeCertificate(
      deps,
      ADMIN,
      revokeRequest({ target: deps.serial(), reason: 'keyCompromise' }),
    )
    assert.equal(third.revoked[0]?.revocation?.reason, 'keyCompromise')
    const again = issueRequest({ key: { kind: 'csr', der: deps.csrDer } })
    await assert.rejects(issueCertificate(deps, ADMIN, again), { reason: 'PUBLIC_KEY_REJECTED' })
  })

  it('revokes by certificate, and refuses one that borrows a serial number', async () => {
    const deps = await withCertificates()
    const forged = Uint8Array.from(deps.der)
    forged[forged.length - 1]! ^= 1
    await assert.rejects(
      revokeCertificate(deps, ADMIN, revokeRequest({ target: { kind: 'certificate', der: forged } })),
      { reason: 'CERTIFICATE_NOT_FOUND' },
    )
    const result = await revokeCertificate(
      deps,
      ADMIN,
      revokeRequest({ target: { kind: 'certificate', der: deps.der } }),
    )
    assert.equal(result.revoked.length, 1)
    await assert.rejects(
      revokeCertificate(
        deps,
        ADMIN,
        revokeRequest({ target: { kind: 'certificate', der: new Uint8Array(3) } }),
      ),
      { reason: 'CERTIFICATE_MALFORMED' },
    )
  })

  it('asks for the expected count before it revokes by client, scope or key', async () => {
    const deps = await withCertificates(3)
    const targets = [
      { kind: 'client', clientId: 'alice' },
      { kind: 'scope', scope: 'bob.user.read' },
      { kind: 'public_key', sha256: sha256(deps.spkiDer) },
    ] as const
    for (const target of targets) {
      await assert.rejects(revokeCertificate(deps, ADMIN, revokeRequest({ target })), {
        reason: 'FIELD_INVALID',
      })
      await assert.rejects(revokeCertificate(deps, ADMIN, revokeRequest({ target, expectedCount: 2 })), {
        reason: 'COUNT_MISMATCH',
      })
      const preview = await revokeCertificate(deps, ADMIN, revokeRequest({ target, dryRun: true }))
      assert.equal(preview.revoked.length, 3)
      assert.equal(preview.crlNumber, 0n)
    }
    const result = await revokeCertificate(
      deps,
      ADMIN,
      revokeRequest({ target: targets[1], expectedCount: 3 }),
    )
    assert.equal(result.revoked.length, 3)
  })

  it('lets a client revoke its own and nothing else', async () => {
    const deps = await withCertificates(2)
    await revokeCertificate(deps, callerOf('alice'), revokeRequest({ target: deps.serial(0) }))
    await revokeCertificate(
      deps,
      callerOf('alice'),
      revokeRequest({ target: { kind: 'client', clientId: 'alice' }, expectedCount: 1 }),
    )
    const attempts: RevokeCertificateRequest['target'][] = [
      deps.serial(1),
      { kind: 'serial', serialNumber: 'abcd', authority: '' },
      { kind: 'client', clientId: 'alice' },
      { kind: 'scope', scope: 'bob.user.read' },
      { kind: 'public_key', sha256: sha256(deps.spkiDer) },
    ]
    for (const target of attempts) {
      await assert.rejects(
        revokeCertificate(deps, callerOf('bob'), revokeRequest({ target, expectedCount: 0 })),
        {
          reason: 'CALLER_NOT_ALLOWED',
        },
      )
    }
  })

  it('keeps the findings of the authority from clients, and those about authorities from everyone', async () => {
    const deps = await withCertificates()
    const attempt = (caller = ADMIN, reason: RevokeCertificateRequest['reason'] = 'cACompromise') =>
      revokeCertificate(deps, caller, revokeRequest({ target: deps.serial(), reason }))
    await assert.rejects(attempt(callerOf('alice'), 'privilegeWithdrawn'), {
      reason: 'REVOCATION_REASON_INVALID',
    })
    await assert.rejects(attempt(callerOf('alice'), 'certificateHold'), {
      reason: 'REVOCATION_REASON_INVALID',
    })
    await assert.rejects(attempt(ADMIN, 'cACompromise'), { reason: 'REVOCATION_REASON_INVALID' })
    await assert.rejects(attempt(ADMIN, 'removeFromCRL'), { reason: 'REVOCATION_REASON_INVALID' })
  })

  it('refuses an invalidity date in the future and keeps one in the past', async () => {
    const deps = await withCertificates()
    const at = (offset: number) => new Date(deps.clock.now().getTime() + offset)
    await assert.rejects(
      revokeCertificate(deps, ADMIN, revokeRequest({ target: deps.serial(), invalidityDate: at(1000) })),
      { reason: 'REVOCATION_REASON_INVALID' },
    )
    const result = await revokeCertificate(
      deps,
      ADMIN,
      revokeRequest({ target: deps.serial(), invalidityDate: at(-5000) }),
    )
    assert.deepEqual(result.revoked[0]?.revocation?.invalidityDate, at(-5000))
  })

  it('refuses an invalidity date that no list could carry, so that every list can still be made', async () => {
    const deps = await withCertificates(2)
    const revokeOwn = (target: RevokeCertificateRequest['target'], invalidityDate: Date | undefined) =>
      revokeCertificate(deps, callerOf('alice'), revokeRequest({ target, invalidityDate }))
    // Year 1199 before our era, the year 0, an instant that is none, and the last one before Unix time.
    for (const milliseconds of [-1e14, -62_167_219_200_000, Number.NaN, -1]) {
      await assert.rejects(revokeOwn(deps.serial(0), new Date(milliseconds)), {
        reason: 'REVOCATION_REASON_INVALID',
      })
    }
    await revokeOwn(deps.serial(0), new Date(0))
    await revokeOwn(deps.serial(1), undefined)
    await deps.time.advance(1000)
    assert.equal(deps.feed.complete('issuing-1')!.entryCount, 2)
    assert.ok(deps.feed.isFresh())
  })

  it('refuses what is no serial number and what no authority is', async () => {
    const deps = await withCertificates()
    for (const serialNumber of ['', 'xyz', '0'.repeat(40), 'a'.repeat(41)]) {
      await assert.rejects(
        revokeCertificate(
          deps,
          ADMIN,
          revokeRequest({ target: { kind: 'serial', serialNumber, authority: '' } }),
        ),
        { reason: 'FIELD_INVALID' },
      )
    }
    await assert.rejects(
      revokeCertificate(
        deps,
        ADMIN,
        revokeRequest({ target: { kind: 'serial', serialNumber: 'ab', authority: 'nowhere' } }),
      ),
      { reason: 'AUTHORITY_NOT_FOUND' },
    )
  })

  it('announces what was revoked after it is stored, and nothing on a dry run', async () => {
    const deps = await withCertificates()
    await revokeCertificate(deps, ADMIN, revokeRequest({ target: deps.serial(), dryRun: true }))
    assert.equal(deps.published.length, 0)
    await revokeCertificate(deps, ADMIN, revokeRequest({ target: deps.serial() }))
    assert.equal(deps.published.length, 1)
    assert.equal(deps.published[0]?.kind, 'certificates')
  })
})
