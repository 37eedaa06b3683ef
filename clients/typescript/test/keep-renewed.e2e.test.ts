import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { sha256 } from '../../../src/core/crypto.ts'
import { IssueTokenRequest, TokenServiceService } from '../../../src/gen/chancery/v1/token_service.ts'
import { loadIdentity, swapIdentity } from '../../../src/identity/identity-folder.ts'
import { readChain } from '../../../src/identity/signing-credential.ts'
import { type TemporaryFolder, createTemporaryFolder } from '../../../test/support/temporary-folder.ts'
import { type AuthorityClient, connectAuthority } from '../src/authority/connect-authority.ts'
import { type ClientIdentity, openIdentity } from '../src/identity/client-identity.ts'
import { type CertificateRenewal, type RenewalEvent, keepRenewed } from '../src/renewal/keep-renewed.ts'
import { type TestAuthority, startTestAuthority } from '../src/testing/index.ts'

const VALIDITY_SECONDS = 600

let folder: TemporaryFolder
let authority: TestAuthority
let directory: string
let identity: ClientIdentity
let client: AuthorityClient
let renewal: CertificateRenewal
let events: RenewalEvent[]
let heard: () => void

beforeEach(async () => {
  folder = createTemporaryFolder()
  directory = folder.file('alice')
  authority = await startTestAuthority()
  await authority.createClient('alice', ['bob.user.read', 'bob.user.write'])
  await authority.issueIdentity('alice', {
    scopes: ['bob.user.read'],
    validitySeconds: VALIDITY_SECONDS,
    folder: directory,
  })
  identity = await openIdentity(directory)
  const { address, ports } = authority
  client = connectAuthority({ address, identity, ports })
  renewal = keepRenewed({ identity, authority: client, validitySeconds: VALIDITY_SECONDS, ports })
  events = []
  renewal.subscribe((event) => {
    events.push(event)
    heard()
  })
})
afterEach(async () => {
  renewal.close()
  client.close()
  await authority.close()
  folder.remove()
})

/** Lets time pass, and waits for what comes of it. */
async function nextEvent(advanceMs: number): Promise<RenewalEvent> {
  const event = new Promise<void>((resolve) => (heard = resolve))
  authority.advance(advanceMs)
  await event
  return events.at(-1)!
}

const thumbprint = () => identity.current().credential.keyId
async function thumbprintOnDisk(): Promise<string> {
  const { certificatePem } = await loadIdentity(directory)
  return Buffer.from(sha256(readChain(certificatePem)[0]!)).toString('base64url')
}

describe('a certificate that is kept', () => {
  it('is renewed in the last third of its life, the pair on disk and in memory at once, with the same scopes', async () => {
    const before = identity.current()
    const lifeMs = before.notAfter.getTime() - before.notBefore.getTime()
    const share = (renewal.nextAt.getTime() - before.notBefore.getTime()) / lifeMs
    assert.ok(share >= 2 / 3 && share <= 5 / 6, `at ${share} of its life`)
    const event = await nextEvent(renewal.nextAt.getTime() - authority.ports.now().getTime())
    assert.equal(event.kind, 'renewed')
    assert.notEqual(thumbprint(), before.credential.keyId)
    assert.equal(await thumbprintOnDisk(), thumbprint())
    assert.ok(identity.current().notAfter > before.notAfter)
    const answer = await client.call(TokenServiceService.issueToken, IssueTokenRequest.create())
    assert.deepEqual(answer.grantedScopes, ['bob.user.read'])
    assert.equal(answer.boundCertificateSha256.toString('base64url'), thumbprint())
  })

  it('is tried again ever less often while the authority is away, and renewed when it is back', async () => {
    await authority.fail('refused')
    const before = thumbprint()
    const waits: number[] = []
    let event = await nextEvent(renewal.nextAt.getTime() - authority.ports.now().getTime())
    for (let i = 0; i < 6; i++) {
      assert.equal(event.kind, 'failed')
      const waitMs = renewal.nextAt.getTime() - authority.ports.now().getTime()
      waits.push(waitMs)
      event = await nextEvent(waitMs)
    }
    assert.equal(thumbprint(), before)
    assert.ok(waits.at(-1)! > 10 * waits[0]!, waits.join(' '))
    await authority.recover()
    event = await nextEvent(renewal.nextAt.getTime() - authority.ports.now().getTime())
    assert.equal(event.kind, 'renewed')
    assert.equal(await thumbprintOnDisk(), thumbprint())
  })

  it('says that it was denied, and changes nothing', async () => {
    await authority.lock('alice')
    const before = thumbprint()
    const told = nextEvent(0)
    await assert.rejects(renewal.renewNow(), { name: 'ChanceryError', reason: 'CALLER_REVOKED' })
    const event = await told
    assert.ok(event.kind === 'failed' && event.secondsLeft > 0)
    assert.equal(thumbprint(), before)
    assert.equal(await thumbprintOnDisk(), before)
  })

  it('is renewed once for all who ask at the same time', async () => {
    const told = nextEvent(0)
    await Promise.all([renewal.renewNow(), renewal.renewNow(), renewal.renewNow()])
    await told
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['renewed'],
    )
  })

  it('gives way to one that somebody else puts into its folder, also after it ran out', async () => {
    await authority.fail('refused')
    let event = await nextEvent((VALIDITY_SECONDS + 60) * 1000)
    assert.ok(event.kind === 'failed' && event.secondsLeft < 0)
    const other = await authority.issueIdentity('alice', { validitySeconds: VALIDITY_SECONDS })
    await swapIdentity(directory, { keyPem: other.key, certificatePem: other.certificate, caPem: other.ca })
    event = await nextEvent(60_000)
    assert.equal(event.kind, 'reloaded')
    assert.equal(thumbprint(), await thumbprintOnDisk())
    assert.ok(renewal.secondsLeft() > 0)
  })

  it('cannot be renewed when its key is behind a function', async () => {
    const { credential } = identity.current()
    const certificate = (await loadIdentity(directory)).certificatePem
    const elsewhere = await openIdentity({ key: credential.key, certificate })
    using kept = {
      renewal: keepRenewed({ identity: elsewhere, authority: client }),
      [Symbol.dispose]: () => kept.renewal.close(),
    }
    await assert.rejects(kept.renewal.renewNow(), { fault: 'KEY_UNREADABLE' })
  })
})
