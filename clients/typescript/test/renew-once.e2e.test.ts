import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import {
  AuthorityServiceService,
  GetTrustBundleRequest,
} from '../../../src/gen/chancery/v1/authority_service.ts'
import {
  AuthorizationServiceService,
  type IssueCertificateRequest,
} from '../../../src/gen/chancery/v1/authorization_service.ts'
import { CertificateServiceService } from '../../../src/gen/chancery/v1/certificate_service.ts'
import type { Certificate } from '../../../src/gen/chancery/v1/types.ts'
import { parseCertificate } from '../../../src/core/x509/certificate.ts'
import { certificateScopes } from '../../../src/core/scope/scope-extension.ts'
import type { UnaryCaller } from '../../../src/rpc/unary-caller.ts'
import { type TemporaryFolder, createTemporaryFolder } from '../../../test/support/temporary-folder.ts'
import { ChanceryError } from '../src/chancery-error.ts'
import { type AuthorityClient, connectAuthority } from '../src/authority/connect-authority.ts'
import { type ClientIdentity, openIdentity } from '../src/identity/client-identity.ts'
import type { PendingFault } from '../src/renewal/pending-renewal.ts'
import { type RenewalRequest, renewOnce } from '../src/renewal/renew-once.ts'
import { type TestAuthority, startTestAuthority } from '../src/testing/index.ts'

const GRANT = ['bob.user.read', 'bob.user.write']

let folder: TemporaryFolder
let authority: TestAuthority
let identity: ClientIdentity
let client: AuthorityClient

beforeEach(async () => {
  folder = createTemporaryFolder()
  authority = await startTestAuthority()
  await authority.createClient('alice', GRANT)
})
afterEach(async () => {
  client.close()
  await authority.close()
  folder.remove()
})

/** Alice has one certificate, with these scopes. */
async function begin(scopes: readonly string[] = ['bob.user.read']): Promise<void> {
  const directory = folder.file('alice')
  await authority.issueIdentity('alice', { scopes, folder: directory })
  identity = await openIdentity(directory)
  client = connectAuthority({ address: authority.address, identity, ports: authority.ports })
}

const thumbprint = () => identity.current().credential.keyId
const thumbprintOf = ({ certificateSha256 }: Certificate) => certificateSha256.toString('base64url')

/** Every certificate of Alice's that the authority ever issued. */
async function issued(): Promise<readonly Certificate[]> {
  const request = { clientId: 'alice', pageSize: 0, pageToken: '', scope: '', state: 0 } as never
  return (await client.call(CertificateServiceService.listCertificates, request)).certificates
}

async function scopesInForce(): Promise<readonly string[]> {
  const bundle = await client.call(AuthorityServiceService.getTrustBundle, GetTrustBundleRequest.create())
  return certificateScopes(
    parseCertificate(identity.current().credential.chain[0]!),
    bundle.scopeExtensionOid,
  )
}

/** The client of the service, which loses so many answers of IssueCertificate: the service has done its work. */
function losing(answers: number): UnaryCaller {
  let left = answers
  return {
    async call(method, request) {
      const answer = await client.call(method, request)
      if (method.path !== AuthorizationServiceService.issueCertificate.path || left-- <= 0) return answer
      throw new ChanceryError('DEADLINE_EXCEEDED', 'no answer', { status: 'DEADLINE_EXCEEDED' })
    },
  }
}

const LOST = { reason: 'DEADLINE_EXCEEDED' }

describe('a renewal whose answer was lost', () => {
  it('gets the certificate that was issued then, and no second one', async () => {
    await begin()
    const unreliable = losing(2)
    await assert.rejects(renewOnce(identity, unreliable), LOST)
    await assert.rejects(renewOnce(identity, unreliable), LOST)
    await renewOnce(identity, unreliable)
    const all = await issued()
    assert.equal(all.length, 2)
    assert.ok(all.some((one) => thumbprintOf(one) === thumbprint() && one.replacesSerialNumber !== ''))
    await renewOnce(identity, unreliable)
    assert.equal((await issued()).length, 3, 'the one after it is another')
  })

  it('gets it also where the folder could not be written after it', async () => {
    await begin()
    const before = thumbprint()
    const inTheWay = join(identity.directory!, '.next')
    mkdirSync(inTheWay)
    writeFileSync(join(inTheWay, 'notes.txt'), '')
    await assert.rejects(renewOnce(identity, client), { code: 'ENOTEMPTY' })
    assert.equal(thumbprint(), before)
    rmSync(inTheWay, { recursive: true })
    await renewOnce(identity, client)
    assert.notEqual(thumbprint(), before)
    assert.equal((await issued()).length, 2)
  })

  it('does not get it when it was revoked meanwhile, and gets another', async () => {
    await begin()
    const unreliable = losing(1)
    await assert.rejects(renewOnce(identity, unreliable), LOST)
    const [lost] = (await issued()).filter(({ replacesSerialNumber }) => replacesSerialNumber !== '')
    await authority.revoke(lost!)
    await renewOnce(identity, unreliable)
    assert.notEqual(thumbprint(), thumbprintOf(lost!))
    assert.equal((await issued()).length, 3)
  })

  it('does not get it when it has run out meanwhile, and gets another', async () => {
    await begin()
    const unreliable = losing(1)
    await assert.rejects(renewOnce(identity, unreliable, { validitySeconds: 60 }), LOST)
    authority.advance(120_000)
    await renewOnce(identity, unreliable, { validitySeconds: 60 })
    assert.ok(identity.current().notAfter > authority.ports.now())
    assert.equal((await issued()).length, 3)
  })

  it('does not get it when another is asked for', async () => {
    await begin()
    const unreliable = losing(1)
    await assert.rejects(renewOnce(identity, unreliable, { validitySeconds: 3600 }), LOST)
    await renewOnce(identity, unreliable, { validitySeconds: 600 })
    const { notBefore, notAfter } = identity.current()
    assert.ok(notAfter.getTime() - notBefore.getTime() < 3_600_000)
  })
})

describe('a renewal that a process did not live to end', () => {
  const pendingFile = () => join(identity.directory!, '.renewal.json')

  /** The same client, started anew. Resolves with why it does not go on with the renewal of the one before. */
  async function renewAnew(request: RenewalRequest = {}): Promise<readonly PendingFault[]> {
    const faults: PendingFault[] = []
    identity = await openIdentity(identity.directory!)
    await renewOnce(identity, client, { ...request, onPendingRefused: (fault) => void faults.push(fault) })
    return faults
  }

  /** Alice asks, and ends before she has the answer. */
  async function ask(): Promise<Certificate> {
    await begin()
    await assert.rejects(renewOnce(identity, losing(1)), LOST)
    assert.equal(statSync(pendingFile()).mode & 0o777, 0o600)
    return (await issued()).find(({ replacesSerialNumber }) => replacesSerialNumber !== '')!
  }

  it('is gone on with by the next: key, question and certificate are the same', async () => {
    const lost = await ask()
    assert.deepEqual(await renewAnew(), [])
    assert.equal(thumbprint(), thumbprintOf(lost))
    assert.equal((await issued()).length, 2)
    assert.equal(existsSync(pendingFile()), false)
    await openIdentity(identity.directory!)
  })

  it('is begun again where the file is not as it was written, in one octet or altogether: PENDING_DAMAGED', async () => {
    const lost = await ask()
    const whole = readFileSync(pendingFile())
    const turned = (at: number) => whole.map((octet, i) => (i === at ? octet ^ 1 : octet))
    const idempotencyKey = whole.indexOf('idempotencyKey') + 18
    const damaged = [
      turned(0),
      turned(idempotencyKey),
      turned(whole.length - 1),
      whole.subarray(0, -20),
      Buffer.alloc(0),
      Buffer.alloc(300_000, 'x'),
    ]
    for (const content of damaged) {
      writeFileSync(pendingFile(), content, { mode: 0o600 })
      assert.deepEqual(await renewAnew(), ['PENDING_DAMAGED'])
      assert.equal(existsSync(pendingFile()), false)
    }
    assert.notEqual(thumbprint(), thumbprintOf(lost))
    assert.equal((await issued()).length, 2 + damaged.length)
  })

  it('is begun again where others could read the key: PENDING_EXPOSED', async () => {
    const lost = await ask()
    chmodSync(pendingFile(), 0o640)
    assert.deepEqual(await renewAnew(), ['PENDING_EXPOSED'])
    assert.notEqual(thumbprint(), thumbprintOf(lost))
  })

  it('is begun again where the service has forgotten it: PENDING_OUTDATED', async () => {
    const lost = await ask()
    const later = { now: () => new Date(Date.now() + 24 * 60 * 60 * 1000) }
    assert.deepEqual(await renewAnew({ ports: later }), ['PENDING_OUTDATED'])
    assert.notEqual(thumbprint(), thumbprintOf(lost))
  })

  it('is begun again after the service said that it will never answer it', async () => {
    await ask()
    const refusing: UnaryCaller = {
      call(method, request) {
        if (method.path !== AuthorizationServiceService.issueCertificate.path)
          return client.call(method, request)
        return Promise.reject(
          new ChanceryError('IDEMPOTENCY_KEY_REUSED', 'used', { status: 'ALREADY_EXISTS' }),
        )
      },
    }
    await assert.rejects(renewOnce(identity, refusing), { reason: 'IDEMPOTENCY_KEY_REUSED' })
    assert.equal(existsSync(pendingFile()), false)
    assert.deepEqual(await renewAnew(), [])
    assert.equal((await issued()).length, 3)
  })

  it('leaves no other file with a key in it: what a kill left is removed by the next that begins', async () => {
    await begin()
    const old = `${pendingFile()}.0123456789ab.tmp`
    const young = `${pendingFile()}.0123456789ac.tmp`
    for (const path of [old, young]) writeFileSync(path, 'key')
    const longAgo = new Date(Date.now() - 120_000)
    utimesSync(old, longAgo, longAgo)
    await renewAnew()
    assert.deepEqual([existsSync(old), existsSync(young)], [false, true])
  })
})

describe('the scopes of a renewed certificate', () => {
  it('are those of the one before, however wide the grant is by now', async () => {
    await begin(['bob.user.read'])
    await authority.setScopes('alice', [...GRANT, 'bob.admin.all'])
    await renewOnce(identity, client)
    assert.deepEqual(await scopesInForce(), ['bob.user.read'])
  })

  it('are none where there were none: asking for none must not mean all', async () => {
    await begin([])
    assert.deepEqual(await scopesInForce(), [])
    await renewOnce(identity, client)
    assert.deepEqual(await scopesInForce(), [])
  })

  it('are looked at: a certificate with others is not taken', async () => {
    await begin(['bob.user.read'])
    const before = thumbprint()
    for (const scopes of [GRANT, ['bob.user.write'], []]) {
      const lying: UnaryCaller = {
        call(method, request) {
          if (method.path !== AuthorizationServiceService.issueCertificate.path)
            return client.call(method, request)
          const asked = request as IssueCertificateRequest
          const other = { ...asked, scopes, noScopes: scopes.length === 0, idempotencyKey: '' }
          return client.call(method, other as typeof request)
        },
      }
      await assert.rejects(renewOnce(identity, lying), { fault: 'MISMATCHED' })
      assert.equal(thumbprint(), before)
    }
  })
})
