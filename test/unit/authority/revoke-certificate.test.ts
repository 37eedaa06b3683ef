import assert from 'node:assert/strict'
import { DomainError } from '../../../src/core/errors.ts'
import { describe, it } from 'node:test'
import { createClient } from '../../../src/authority/create-client.ts'
import { issueCertificate } from '../../../src/authority/issue-certificate.ts'
import {
  revokeCertificate,
  type RevokeCertificateRequest,
} from '../../../src/authority/revoke-certificate.ts'
import { generateKeyPairSync, sign } from 'node:crypto'
import { sha256 } from '../../../src/core/crypto.ts'
import {
  type RevocationStatement,
  revocationProofMessage,
} from '../../../src/core/revocation/revocation-proof.ts'
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
  return { ...deps, serials, serial, der, ...key }
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

  it('lets the holder of a key revoke all certificates of that key, and of no other', async () => {
    const deps = await withCertificates(2)
    const other = await issueCertificate(deps, ADMIN, issueRequest())
    const target = { kind: 'public_key', sha256: sha256(deps.spkiDer) } as const
    const attempt = (serialNumber: string) =>
      revokeCertificate(
        deps,
        { ...callerOf('alice'), serialNumber },
        revokeRequest({ target, expectedCount: 2 }),
      )
    await assert.rejects(attempt(other.certificate!.serialNumber), { reason: 'CALLER_NOT_ALLOWED' })
    await assert.rejects(attempt('abcd'), { reason: 'CALLER_NOT_ALLOWED' })
    assert.equal((await attempt(deps.serials[0]!)).revoked.length, 2)
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

describe('a proof by the key of a certificate', () => {
  async function withProof() {
    const deps = await withCertificates(2)
    const signedAt = deps.clock.now()
    const statement = {
      certificateSha256: sha256(deps.der),
      reason: 'keyCompromise',
      invalidityDate: undefined,
      signedAt,
    } as const
    const prove = (changes: Partial<RevocationStatement> = {}, key = deps.privateKey) => {
      const said = { ...statement, ...changes }
      return { signedAt: said.signedAt, signature: sign('sha256', revocationProofMessage(said), key) }
    }
    const attempt = (changes: Partial<RevokeCertificateRequest>, caller = callerOf('bob')) => {
      const target = { kind: 'certificate', der: deps.der } as const
      return revokeCertificate(deps, caller, revokeRequest({ target, reason: 'keyCompromise', ...changes }))
    }
    return { ...deps, statement, prove, attempt }
  }

  it('lets whoever brings it revoke that certificate, named by content or by number, and is on record', async () => {
    const { prove, attempt, serial, store } = await withProof()
    assert.equal((await attempt({ proof: prove(), dryRun: true })).revoked.length, 1)
    assert.equal((await attempt({ proof: prove() })).revoked.length, 1)
    const last = (await store.audit.list({ afterSequence: 0n, limit: 1000 })).at(-1)
    assert.equal(last?.actor, 'bob')
    assert.equal(last.details['proof'], 'certificate_key')
    // Sent again it is success and changes nothing.
    assert.equal((await attempt({ proof: prove(), target: serial(1) })).alreadyRevoked.length, 1)
  })

  it('is over the text that the protocol says', async () => {
    const { statement, clock } = await withProof()
    const digest = Buffer.from(statement.certificateSha256).toString('hex')
    const seconds = clock.now().getTime() / 1000
    const text = (said: RevocationStatement) => Buffer.from(revocationProofMessage(said)).toString('latin1')
    assert.equal(text(statement), `chancery-revocation:v1:${digest}:keyCompromise:-:${seconds}`)
    assert.equal(
      text({ ...statement, reason: 'unspecified', invalidityDate: new Date(1_999) }),
      `chancery-revocation:v1:${digest}:unspecified:1:${seconds}`,
    )
  })

  it('proves nothing but what it is over: certificate, reason, invalidity date and time', async () => {
    const { prove, attempt, serial, clock, der } = await withProof()
    const invalid = { reason: 'REVOCATION_PROOF_INVALID', metadata: { field: 'proof.signature' } }
    const otherKey = buildCsr().privateKey
    const earlier = new Date(clock.now().getTime() - 5000)
    const attempts: Partial<RevokeCertificateRequest>[] = [
      { proof: prove(), target: serial(0) },
      { proof: prove(), reason: 'superseded' },
      { proof: prove({ reason: 'superseded' }) },
      { proof: prove(), invalidityDate: earlier },
      { proof: prove({ invalidityDate: earlier }) },
      { proof: { ...prove(), signedAt: earlier } },
      { proof: prove({}, otherKey) },
      { proof: prove({ certificateSha256: sha256(der.subarray(1)) }) },
      { proof: { ...prove(), signature: new Uint8Array(70) } },
    ]
    for (const changes of attempts) await assert.rejects(attempt(changes), invalid)
    // A wrong one is refused whatever the caller's rights: whoever sends it means it.
    await assert.rejects(attempt({ proof: prove({}, otherKey) }, ADMIN), invalid)
    assert.equal(
      (await attempt({ proof: prove({ invalidityDate: earlier }), invalidityDate: earlier })).revoked.length,
      1,
    )
  })

  it('is good for the age window and within the skew only', async () => {
    const { prove, attempt, clock } = await withProof()
    const at = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000)
    for (const seconds of [-61, 31, Number.NaN]) {
      await assert.rejects(attempt({ proof: prove({ signedAt: at(seconds) }) }), {
        reason: 'REVOCATION_PROOF_INVALID',
        metadata: { field: 'proof.signed_at' },
      })
    }
    for (const seconds of [-60, 30]) await attempt({ proof: prove({ signedAt: at(seconds) }) })
  })

  it('is about one certificate, of a bounded size, and gives the reasons of a client only', async () => {
    const { prove, attempt } = await withProof()
    for (const signature of [new Uint8Array(), new Uint8Array(1025)])
      await assert.rejects(attempt({ proof: { ...prove(), signature } }), { reason: 'FIELD_INVALID' })
    const target = { kind: 'client', clientId: 'alice' } as const
    await assert.rejects(attempt({ proof: prove(), target, expectedCount: 2 }), { reason: 'FIELD_INVALID' })
    for (const reason of ['certificateHold', 'privilegeWithdrawn', 'cACompromise'] as const) {
      await assert.rejects(attempt({ proof: prove({ reason }), reason }), {
        reason: 'REVOCATION_REASON_INVALID',
      })
    }
  })

  it('tells a stranger the same about a certificate that is not there as about one that is', async () => {
    const { prove, attempt, serial } = await withProof()
    const absent = { kind: 'serial', serialNumber: 'abcd', authority: '' } as const
    const present = serial(1)
    const { privateKey: otherKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { signedAt, signature } = prove({}, otherKey)
    for (const proof of [
      { signedAt, signature },
      { signedAt, signature: new Uint8Array(0) },
      { signedAt: new Date(0), signature },
    ]) {
      const told: unknown[] = []
      for (const target of [absent, present])
        await assert.rejects(attempt({ proof, target }), (error) => {
          assert.ok(error instanceof DomainError)
          told.push([error.reason, error.message, error.metadata])
          return true
        })
      assert.deepEqual(told[0], told[1])
    }
    await assert.rejects(attempt({ target: absent }), { reason: 'CALLER_NOT_ALLOWED' })
    await assert.rejects(attempt({ target: present }), { reason: 'CALLER_NOT_ALLOWED' })
    await assert.rejects(attempt({ proof: prove(), target: absent }, ADMIN), {
      reason: 'CERTIFICATE_NOT_FOUND',
    })
  })
})
