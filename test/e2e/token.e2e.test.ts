import assert from 'node:assert/strict'
import { X509Certificate, createHash, createPublicKey, verify } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import {
  AuthorizationServiceService as Authorization,
  VerifyRequestRequest,
  denyReasonToJSON,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { ClientServiceService } from '../../src/gen/chancery/v1/client_service.ts'
import {
  IssueTokenRequest,
  RevokeTokenRequest,
  TokenRevocationStatus,
  TokenKeyRotation,
  TokenServiceService,
} from '../../src/gen/chancery/v1/token_service.ts'
import { refusalOf } from '../support/grpc-fixture.ts'
import {
  type RunningService,
  type TestIdentity,
  call,
  startRunningService,
} from '../support/running-service.ts'

const ALLOWED = 'DENY_REASON_UNSPECIFIED'

async function fetchKey(running: RunningService) {
  const response = await fetch(`http://${running.service.httpAddress}/.well-known/jwks.json`)
  assert.equal(response.headers.get('content-type'), 'application/jwk-set+json')
  const { keys } = (await response.json()) as { keys: { kid: string; alg: string }[] }
  assert.equal(keys.length, 1)
  return keys[0]!
}

/** A token of the client's own. */
function issue(running: RunningService, client: TestIdentity, change: Partial<IssueTokenRequest> = {}) {
  const request = IssueTokenRequest.fromPartial(change)
  return call(running, client, TokenServiceService.issueToken, request)
}

describe('bearer tokens over the wire', () => {
  let running: RunningService
  let bob: TestIdentity
  let alice: Awaited<ReturnType<RunningService['enrol']>>

  before(async () => {
    running = await startRunningService()
    bob = await running.enrol('bob', ['chancery.requests.verify'])
    alice = await running.enrol('alice', ['bob.user.read'])
  })
  after(() => running.close())

  async function judge(token: string, certificateDer?: Uint8Array): Promise<string> {
    const { denyReason } = await call(
      running,
      bob,
      Authorization.verifyRequest,
      VerifyRequestRequest.fromPartial({
        credential: {
          $case: 'bearerToken',
          value: {
            token,
            ...(certificateDer && {
              presentedCertificate: { certificateChainDer: [Buffer.from(certificateDer)] },
            }),
          },
        },
        requiredScopes: ['bob.user.read'],
      }),
    )
    return denyReasonToJSON(denyReason)
  }

  it('are judged by the key that the JWK set publishes, which stays the same after a restart', async () => {
    const { token } = await issue(running, alice, { unbound: true })
    assert.equal(await judge(token), ALLOWED)
    const jwk = await fetchKey(running)
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
    const [header, payload, signature] = token.split('.') as [string, string, string]
    const signed = Buffer.from(`${header}.${payload}`)
    const octets = Buffer.from(signature, 'base64url')
    assert.ok(verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, octets))
    await running.restart()
    assert.deepEqual(await fetchKey(running), jwk)
    assert.equal(await judge(token), ALLOWED)
  })

  it('outlive a rotation, and not a key that was compromised, also across a restart', async () => {
    const rotate = (rotation: TokenKeyRotation) =>
      call(running, running.admin, TokenServiceService.rotateTokenKey, { rotation })
    const { token: before } = await issue(running, alice, { unbound: true })
    const { keys } = await rotate(TokenKeyRotation.TOKEN_KEY_ROTATION_SCHEDULED)
    assert.deepEqual(
      keys.map(({ signs }) => signs),
      [true, false],
    )
    await rotate(TokenKeyRotation.TOKEN_KEY_ROTATION_AT_ONCE)
    const { token: after } = await issue(running, alice, { unbound: true })
    await running.restart()
    assert.deepEqual([await judge(before), await judge(after)], [ALLOWED, ALLOWED])
    const published = await call(running, bob, TokenServiceService.listTokenKeys, {})
    assert.deepEqual(
      published.keys.map(({ signs }) => signs),
      [false, false, true],
    )
    await rotate(TokenKeyRotation.TOKEN_KEY_ROTATION_COMPROMISED)
    await fetchKey(running)
    for (const token of [before, after]) assert.equal(await judge(token), 'DENY_REASON_TOKEN_KEY_UNKNOWN')
    const { token } = await issue(running, alice, { unbound: true })
    assert.equal(await judge(token), ALLOWED)
    const denied = call(running, alice, TokenServiceService.rotateTokenKey, { rotation: 0 })
    await assert.rejects(denied, (error) => refusalOf(error).reason === 'CALLER_NOT_ALLOWED')
    const unknown = rotate(9 as TokenKeyRotation)
    await assert.rejects(unknown, (error) => refusalOf(error).reason === 'FIELD_INVALID')
  })

  it('are bound to the certificate that was presented', async () => {
    const der = new X509Certificate(alice.certificatePem).raw
    const { token, boundCertificateSha256 } = await issue(running, alice)
    assert.deepEqual(boundCertificateSha256, createHash('sha256').update(der).digest())
    assert.equal(await judge(token, der), ALLOWED)
    assert.equal(await judge(token), 'DENY_REASON_TOKEN_BINDING_MISMATCH')
    const other = new X509Certificate(bob.certificatePem).raw
    assert.equal(await judge(token, other), 'DENY_REASON_TOKEN_BINDING_MISMATCH')
  })

  it('end when their client is locked, and when a scope of theirs is taken from it', async () => {
    const carol = await running.enrol('carol', ['bob.user.read', 'bob.user.write'])
    const { token, grantedScopes } = await issue(running, carol, { unbound: true })
    assert.deepEqual(grantedScopes, ['bob.user.read', 'bob.user.write'])
    assert.equal(await judge(token), ALLOWED)
    await call(running, running.admin, ClientServiceService.lockClient, { clientId: 'carol', message: '' })
    assert.equal(await judge(token), 'DENY_REASON_CLIENT_LOCKED')
    await call(running, running.admin, ClientServiceService.unlockClient, { clientId: 'carol' })
    assert.equal(await judge(token), ALLOWED)
    await call(running, running.admin, ClientServiceService.setClientScopes, {
      clientId: 'carol',
      grantedScopes: ['bob.user.read'],
      etag: '',
      dryRun: false,
    })
    assert.equal(await judge(token), 'DENY_REASON_TOKEN_REVOKED')
  })

  it('are denied once they are revoked, by their client or by who has the right, also after a restart', async () => {
    const revoke = (client: TestIdentity, change: Parameters<typeof RevokeTokenRequest.fromPartial>[0]) =>
      call(running, client, TokenServiceService.revokeToken, RevokeTokenRequest.fromPartial(change))
    const own = await issue(running, alice, { unbound: true })
    const other = await issue(running, alice, { unbound: true })
    const shown = { target: { $case: 'token', value: own.token } } as const
    await assert.rejects(
      revoke(bob, shown),
      (error) => refusalOf(error).metadata['required_scope'] === 'chancery.tokens.revoke',
    )
    await assert.rejects(revoke(alice, {}), (error) => refusalOf(error).reason === 'FIELD_INVALID')
    const first = await revoke(alice, shown)
    assert.equal(first.status, TokenRevocationStatus.TOKEN_REVOCATION_STATUS_REVOKED)
    assert.equal(first.tokenId, own.tokenId)
    assert.equal(await judge(own.token), 'DENY_REASON_TOKEN_REVOKED')
    assert.equal(await judge(other.token), ALLOWED)
    const again = await revoke(running.admin, shown)
    assert.equal(again.status, TokenRevocationStatus.TOKEN_REVOCATION_STATUS_ALREADY_REVOKED)
    const { tokenId, expiresAt } = other
    await revoke(running.admin, { target: { $case: 'tokenId', value: { id: tokenId, expiresAt } } })
    assert.equal(await judge(other.token), 'DENY_REASON_TOKEN_REVOKED')
    await running.restart()
    for (const { token } of [own, other]) assert.equal(await judge(token), 'DENY_REASON_TOKEN_REVOKED')
  })

  it('are issued within the certificate of the caller, and for others by right only', async () => {
    const wide = issue(running, alice, { scopes: ['bob.user.write'] })
    await assert.rejects(wide, (error) => refusalOf(error).reason === 'SCOPE_NOT_GRANTABLE')
    const foreign = issue(running, alice, { clientId: 'bob' })
    await assert.rejects(
      foreign,
      (error) => refusalOf(error).metadata['required_scope'] === 'chancery.tokens.issue',
    )
    const { token } = await issue(running, running.admin, { clientId: 'alice' })
    assert.equal(await judge(token), ALLOWED)
  })
})
