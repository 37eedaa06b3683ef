import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import * as grpc from '@grpc/grpc-js'
import { OID } from '../../src/core/asn1/oids.ts'
import { createCertificateCache } from '../../src/core/decision/certificate-cache.ts'
import { decide } from '../../src/core/decision/decide.ts'
import { type TokenIssuer, publicKeys } from '../../src/core/decision/token-trust.ts'
import { createTrustBundle } from '../../src/core/decision/trust-bundle.ts'
import { createFollowedRevocation } from '../../src/core/revocation/followed-revocation.ts'
import { DEFAULT_STALE_POLICY } from '../../src/core/revocation/stale-policy.ts'
import { parseJsonObject } from '../../src/core/token/strict-json.ts'
import { parseCertificate } from '../../src/core/x509/certificate.ts'
import { type CrlFollower, createCrlFollower } from '../../src/feed/crl-follower.ts'
import type { OpenStream } from '../../src/feed/ports.ts'
import { createStateFolder } from '../../src/feed/state-folder.ts'
import { systemFeedPorts } from '../../src/feed/system-ports.ts'
import { AuthorityServiceService } from '../../src/gen/chancery/v1/authority_service.ts'
import {
  AuthorizationServiceClient,
  AuthorizationServiceService as Authorization,
  VerifyRequestRequest,
  denyReasonToJSON,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import {
  ClientServiceService,
  RemoveClientRequest,
  SetClientScopesRequest,
} from '../../src/gen/chancery/v1/client_service.ts'
import {
  IssueTokenRequest,
  RevokeTokenRequest,
  TokenServiceService,
} from '../../src/gen/chancery/v1/token_service.ts'
import {
  type RunningService,
  type TestIdentity,
  call,
  startRunningService,
} from '../support/running-service.ts'

const CLIENTS = ['carol', 'dave', 'erin', 'frank'] as const
const READ = 'bob.user.read'
const WRITE = 'bob.user.write'
const ALLOWED = 'ALLOW'

interface HeldToken {
  readonly clientId: string
  readonly token: string
  readonly tokenId: string
  /** Shown beside it; it is bound to this one. */
  readonly certificateDer: Uint8Array | undefined
}

/** A verifier with a bundle, the token keys and lists, and the service that it could ask. */
describe('tokens, asked about and decided from followed lists', () => {
  let running: RunningService
  let bob: TestIdentity
  let trust: ReturnType<typeof createTrustBundle>
  let issuer: TokenIssuer
  let follower: CrlFollower
  const over = new AbortController()
  const held: HeldToken[] = []
  const identities = new Map<string, TestIdentity>()
  let arrived: () => void = () => undefined

  before(async () => {
    running = await startRunningService({ CHANCERY_TOKENS_PER_MINUTE: '600' })
    bob = await running.enrol('bob', ['chancery.requests.verify', 'chancery.crl.read'])
    for (const clientId of CLIENTS) {
      const enrolled = await running.enrol(clientId, clientId === 'frank' ? [READ, WRITE] : [READ])
      identities.set(clientId, enrolled)
      for (const [unbound, scopes] of [[true], [true, [READ]], [true], [false], [false, [READ]]] as const) {
        const request = IssueTokenRequest.fromPartial({ unbound, scopes: [...(scopes ?? [])] })
        const { token, tokenId } = await call(running, enrolled, TokenServiceService.issueToken, request)
        const certificateDer = unbound ? undefined : enrolled.issued.certificateDer
        held.push({ clientId, token, tokenId, certificateDer })
      }
    }
    const { authorities } = await call(running, bob, AuthorityServiceService.listAuthorities, {})
    trust = createTrustBundle({
      trustDomain: 'chancery.example',
      scopeExtensionOid: OID.scopeExtension,
      authorities: authorities.map(({ id, certificateDer }) => ({
        id,
        role: id.startsWith('root') ? 'root' : 'issuing',
        certificate: parseCertificate(certificateDer),
      })),
    })
    const jwks = await fetch(`http://${running.service.httpAddress}/.well-known/jwks.json`)
    issuer = {
      issuer: 'spiffe://chancery.example',
      audience: 'spiffe://chancery.example',
      keys: publicKeys(parseJsonObject(new Uint8Array(await jwks.arrayBuffer()))),
      authorityId: 'issuing-1',
    }
    follower = newFollower(running.file('state'))
    void follower.run(over.signal)
    await reach(1n)
  })
  after(async () => {
    over.abort()
    await running.close()
  })

  function newFollower(folder: string): CrlFollower {
    const open: OpenStream = async function* (request, signal) {
      const client = new AuthorizationServiceClient(`localhost:${running.port}`, bob.channel, {
        'grpc.use_local_subchannel_pool': 1,
      })
      const stream = client.streamCrl(request)
      const cancel = () => {
        stream.cancel()
      }
      signal.addEventListener('abort', cancel)
      try {
        yield* stream as AsyncIterable<never>
      } catch (error) {
        if ((error as grpc.ServiceError).code !== grpc.status.CANCELLED) throw error
      } finally {
        signal.removeEventListener('abort', cancel)
        client.close()
      }
    }
    return createCrlFollower({
      authorities: trust.authorityIds.map((id) => ({
        id,
        certificate: [...trust.anchors, ...trust.intermediates].find((one) => trust.authorityId(one) === id)!,
      })),
      open,
      ports: systemFeedPorts,
      store: createStateFolder(folder),
      report: (event) => {
        if (event.kind === 'updated') arrived()
      },
    })
  }

  /** Waits until the follower has the lists of a number. */
  async function reach(crlNumber: bigint): Promise<void> {
    const isThere = () =>
      trust.authorityIds.every((id) => follower.lists(id)?.state !== undefined) &&
      follower.lists('issuing-1')!.state!.crlNumber >= crlNumber
    while (!isThere()) await new Promise<void>((resolve) => (arrived = resolve))
  }

  async function askRemote({ token, certificateDer }: HeldToken): Promise<string> {
    const chain = certificateDer && { certificateChainDer: [Buffer.from(certificateDer)] }
    const credential = {
      $case: 'bearerToken' as const,
      value: { token, ...(chain && { presentedCertificate: chain }) },
    }
    const request = VerifyRequestRequest.fromPartial({ credential, requiredScopes: [READ] })
    const { denyReason } = await call(running, bob, Authorization.verifyRequest, request)
    return denyReason === 0 ? ALLOWED : denyReasonToJSON(denyReason).replace('DENY_REASON_', '')
  }

  async function decideLocal(using: CrlFollower, { token, certificateDer }: HeldToken): Promise<string> {
    const at = using.now()
    const { revocation, tokens } = createFollowedRevocation({
      trust,
      tokenIssuers: [issuer],
      lists: (id) => using.lists(id),
      now: () => at,
      stalePolicy: DEFAULT_STALE_POLICY,
    })
    const { denyReason } = await decide(
      {
        credential: {
          kind: 'bearer',
          token,
          certificate: certificateDer && { kind: 'presented', chain: [certificateDer] },
        },
        requiredScopes: [READ],
        match: 'all',
        audience: undefined,
        freshness: undefined,
        explain: false,
      },
      {
        at,
        trust,
        revocation,
        tokens,
        cache: createCertificateCache(0),
        replay: 'unchecked',
        ageWindowSeconds: 60,
        clockSkewSeconds: 30,
      },
    )
    return denyReason ?? ALLOWED
  }

  async function compareAll(step: string): Promise<readonly string[]> {
    const remote = await Promise.all(held.map(askRemote))
    const local = await Promise.all(held.map((one) => decideLocal(follower, one)))
    assert.deepEqual(local, remote, step)
    // A verifier that starts now, from what is on disk, without the service.
    const copy = running.file(`state after ${step}`)
    cpSync(running.file('state'), copy, { recursive: true })
    const restarted = newFollower(copy)
    await restarted.load()
    assert.deepEqual(await Promise.all(held.map((one) => decideLocal(restarted, one))), remote, step)
    return remote
  }

  const change = {
    lock: async (clientId: string) =>
      (await call(running, running.admin, ClientServiceService.lockClient, { clientId, message: '' }))
        .crlNumber,
    unlock: async (clientId: string) =>
      (await call(running, running.admin, ClientServiceService.unlockClient, { clientId })).crlNumber,
    remove: async (clientId: string) =>
      (
        await call(
          running,
          running.admin,
          ClientServiceService.removeClient,
          RemoveClientRequest.fromPartial({ clientId }),
        )
      ).crlNumber,
    grant: async (clientId: string, grantedScopes: string[]) =>
      (
        await call(
          running,
          running.admin,
          ClientServiceService.setClientScopes,
          SetClientScopesRequest.fromPartial({ clientId, grantedScopes }),
        )
      ).crlNumber,
    revokeOwn: async ({ clientId, token: value }: HeldToken) =>
      revoke(identities.get(clientId)!, { target: { $case: 'token', value } }),
    revokeById: async ({ tokenId: id }: HeldToken) =>
      revoke(running.admin, { target: { $case: 'tokenId', value: { id } } }),
  }

  async function revoke(by: TestIdentity, request: Parameters<typeof RevokeTokenRequest.fromPartial>[0]) {
    const { crlNumber } = await call(
      running,
      by,
      TokenServiceService.revokeToken,
      RevokeTokenRequest.fromPartial(request),
    )
    return crlNumber
  }

  it('get the same answer and reason from both after each change, and after a restart of either', async () => {
    assert.deepEqual(new Set(await compareAll('at first')), new Set([ALLOWED]))
    const ofCarol = held.filter(({ clientId }) => clientId === 'carol')
    const ofDave = held.filter(({ clientId }) => clientId === 'dave')
    const steps: readonly (readonly [string, () => Promise<bigint>])[] = [
      ['a token revoked by its client', () => change.revokeOwn(ofCarol[0]!)],
      ['a scope taken from a client', () => change.grant('frank', [READ])],
      ['a client locked', () => change.lock('carol')],
      ['another locked', () => change.lock('dave')],
      ['a token revoked while its client is locked', () => change.revokeById(ofDave[1]!)],
      ['a client unlocked', () => change.unlock('carol')],
      ['a bound token revoked', () => change.revokeOwn(ofCarol[3]!)],
      ['a client locked again', () => change.lock('carol')],
      ['a locked client removed', () => change.remove('dave')],
      ['a client removed', () => change.remove('erin')],
      ['a client unlocked again', () => change.unlock('carol')],
      ['a revoked token revoked again', () => change.revokeById(ofCarol[0]!)],
    ]
    const seen = new Set<string>()
    const ofFrank = held.flatMap(({ clientId }, i) => (clientId === 'frank' ? [i] : []))
    for (const [name, act] of steps) {
      await reach(await act())
      const reasons = await compareAll(name)
      for (const reason of reasons) seen.add(reason)
      if (name === 'a scope taken from a client') {
        // What carried it, bound or not, is revoked; what did not goes on, unless it is bound to a certificate that did.
        const expected = ['TOKEN_REVOKED', ALLOWED, 'TOKEN_REVOKED', 'TOKEN_REVOKED', 'CERTIFICATE_REVOKED']
        assert.deepEqual(
          ofFrank.map((i) => reasons[i]),
          expected,
        )
        // Given back, it does not bring back what was revoked.
        assert.equal(await change.grant('frank', [READ, WRITE]), 0n)
        assert.deepEqual(await compareAll('and given back'), reasons)
      }
      if (name === 'a client unlocked') {
        await running.restart()
        await reach(await change.lock('erin'))
        await compareAll('after a restart of the service')
        await reach(await change.unlock('erin'))
        await compareAll('and unlocked')
      }
    }
    const reasons = [ALLOWED, 'CERTIFICATE_REVOKED', 'CLIENT_LOCKED', 'CLIENT_UNKNOWN', 'TOKEN_REVOKED']
    assert.deepEqual([...seen].sort(), reasons)
  })
})
