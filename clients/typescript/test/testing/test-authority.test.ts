import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type MethodDefinition, status as Code, credentials } from '@grpc/grpc-js'
import {
  AuthorizationServiceService as Authorization,
  type DenyReason,
  VerifyRequestRequest,
  denyReasonToJSON,
} from '../../../../src/gen/chancery/v1/authorization_service.ts'
import { IssueTokenRequest, TokenServiceService } from '../../../../src/gen/chancery/v1/token_service.ts'
import { callUnary, refusalOf } from '../../../../test/support/grpc-fixture.ts'
import { PATIENCE_MS } from '../../../../test/support/patience.ts'
import { createTemporaryFolder } from '../../../../test/support/temporary-folder.ts'
import {
  type Outage,
  type TestAuthority,
  type TestIdentity,
  startTestAuthority,
} from '../../src/testing/index.ts'

describe('the authority for tests', () => {
  const folder = createTemporaryFolder()
  let authority: TestAuthority
  let alice: TestIdentity
  let bob: TestIdentity

  before(async () => {
    authority = await startTestAuthority()
    await authority.createClient('alice', ['bob.user.read', 'bob.user.write'])
    await authority.createClient('bob', ['chancery.requests.verify', 'chancery.crl.read'])
    alice = await authority.issueIdentity('alice')
    bob = await authority.issueIdentity('bob')
  })
  after(async () => {
    await authority.close()
    folder.remove()
  })

  function call<Request, Response>(
    identity: TestIdentity,
    method: MethodDefinition<Request, Response>,
    request: Request,
    deadlineMs = PATIENCE_MS,
  ): Promise<Response> {
    const channel = credentials.createSsl(
      Buffer.from(identity.ca),
      Buffer.from(identity.key),
      Buffer.from(identity.certificate),
    )
    const port = Number(authority.address.split(':')[1])
    return callUnary({ port }, channel, method, request, { deadline: Date.now() + deadlineMs })
  }

  async function token(identity = alice, deadlineMs?: number): Promise<string> {
    const request = IssueTokenRequest.fromPartial({ unbound: true })
    return (await call(identity, TokenServiceService.issueToken, request, deadlineMs)).token
  }

  async function judge(accessToken: string): Promise<string> {
    const { denyReason }: { denyReason: DenyReason } = await call(
      bob,
      Authorization.verifyRequest,
      VerifyRequestRequest.fromPartial({
        credential: { $case: 'bearerToken', value: { token: accessToken } },
      }),
    )
    return denyReasonToJSON(denyReason).replace('DENY_REASON_', '')
  }

  /** How a call of Alice's ends. */
  async function outcome(deadlineMs?: number): Promise<string> {
    try {
      await token(alice, deadlineMs)
      return 'OK'
    } catch (error) {
      return Code[refusalOf(error).code]
    }
  }

  it('certifies a key of its own for each identity, with the scopes that were asked for, and writes it as an identity folder', async () => {
    const directory = join(folder.path, 'alice')
    const narrow = await authority.issueIdentity('alice', {
      scopes: ['bob.user.read'],
      keyType: 'ed25519',
      validitySeconds: 600,
      folder: directory,
    })
    assert.deepEqual(narrow.scopes, ['bob.user.read'])
    assert.equal(await readFile(join(directory, 'key.pem'), 'utf8'), narrow.key)
    assert.equal((await stat(join(directory, 'key.pem'))).mode & 0o777, 0o600)
    const leaf = new X509Certificate(await readFile(join(directory, 'cert.pem')))
    assert.equal(leaf.publicKey.asymmetricKeyType, 'ed25519')
    assert.equal(leaf.serialNumber.toLowerCase(), narrow.serialNumber)
    assert.equal(await readFile(join(directory, 'ca.pem'), 'utf8'), authority.caPem)
  })

  it('issues tokens and judges them over mTLS', async () => {
    assert.equal(await judge(await token()), 'UNSPECIFIED')
  })

  it('refuses the next call of a certificate that was revoked, and of a client that was locked', async () => {
    const lost = await authority.issueIdentity('alice')
    assert.ok((await authority.revoke(lost, 'keyCompromise')) > 0n)
    await assert.rejects(token(lost), (error) => refusalOf(error).reason === 'CALLER_REVOKED')

    await authority.createClient('carol', ['bob.user.read'])
    const carol = await authority.issueIdentity('carol')
    const held = await token(carol)
    await authority.lock('carol')
    await assert.rejects(token(carol), (error) => refusalOf(error).reason === 'CALLER_REVOKED')
    assert.equal(await judge(held), 'CLIENT_LOCKED')
    await authority.unlock('carol')
    assert.equal(await judge(held), 'UNSPECIFIED')
  })

  it('takes a scope, and with it what carries the scope', async () => {
    await authority.createClient('dave', ['bob.user.read', 'bob.user.write'])
    const dave = await authority.issueIdentity('dave')
    await authority.setScopes('dave', ['bob.user.read'])
    await assert.rejects(token(dave), (error) => refusalOf(error).reason === 'CALLER_REVOKED')
  })

  const outages: readonly { outage: Outage; deadlineMs?: number; ends: string }[] = [
    { outage: { kind: 'refused' }, ends: 'UNAVAILABLE' },
    { outage: { kind: 'black-hole' }, deadlineMs: 150, ends: 'DEADLINE_EXCEEDED' },
    { outage: { kind: 'slow', delayMs: 500 }, deadlineMs: 150, ends: 'DEADLINE_EXCEEDED' },
    { outage: { kind: 'unavailable' }, ends: 'UNAVAILABLE' },
    { outage: { kind: 'impostor' }, ends: 'UNAVAILABLE' },
  ]
  for (const { outage, deadlineMs, ends } of outages) {
    it(`fails calls with ${ends} while it is ${outage.kind}, and serves on the same address when it is back`, async () => {
      await authority.fail(outage)
      assert.equal(await outcome(deadlineMs), ends)
      await authority.recover()
      assert.equal(await outcome(), 'OK')
    })
  }

  it('serves late while it is slow', async () => {
    await authority.fail({ kind: 'slow', delayMs: 5 })
    assert.equal(await outcome(), 'OK')
    await authority.recover()
  })

  it('is away for plain HTTP as well', async () => {
    const jwks = `${authority.publicUrl}/.well-known/jwks.json`
    await authority.fail('unavailable')
    assert.equal((await fetch(jwks)).status, 503)
    await authority.fail('refused')
    await assert.rejects(fetch(jwks))
    await authority.recover()
    assert.equal((await fetch(jwks)).status, 200)
  })

  it('dates its tokens by a wrong clock while it has one', async () => {
    const issuedAt = async () => {
      const claims = JSON.parse(Buffer.from((await token()).split('.')[1]!, 'base64url').toString()) as {
        iat: number
      }
      return claims.iat * 1000 - authority.ports.now().getTime()
    }
    await authority.fail({ kind: 'wrong-clock', offMs: 3_600_000 })
    const off = await issuedAt()
    assert.ok(off > 3_590_000 && off <= 3_600_000, String(off))
    await authority.recover()
    assert.ok(Math.abs(await issuedAt()) < 10_000)
  })

  it('knows its certificates and not its tokens after a restart with a new token key', async () => {
    const held = await token()
    await authority.restart()
    assert.equal(await judge(held), 'UNSPECIFIED')
    await authority.restart({ newTokenKey: true })
    assert.equal(await judge(held), 'TOKEN_KEY_UNKNOWN')
    assert.equal(await judge(await token()), 'UNSPECIFIED')
  })

  it('lets a certificate run out by moving the clock', async () => {
    const short = await authority.issueIdentity('alice', { profile: 'short', validitySeconds: 3600 })
    assert.ok(await token(short))
    authority.advance(3_601_000)
    await assert.rejects(
      token(short),
      (error) => refusalOf(error).metadata['deny_reason'] === 'CERTIFICATE_EXPIRED',
    )
    assert.throws(() => authority.advance(-1), RangeError)
  })

  it('leaves nothing that listens behind', async () => {
    const other = await startTestAuthority()
    await other.close()
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(Number(other.address.split(':')[1]), '127.0.0.1', resolve)
    })
    server.close()
  })
})
