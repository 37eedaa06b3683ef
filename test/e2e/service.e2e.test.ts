import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, sign } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { status as Code } from '@grpc/grpc-js'
import { parseCrl } from '../../src/core/x509/crl.ts'
import { formatHex, parseHex } from '../../src/core/bytes.ts'
import {
  AuthorizationServiceService as Authorization,
  Decision,
  DenyReason,
  IssueCertificateRequest,
  RevokeCertificateRequest,
  StreamCRLRequest,
  type StreamCRLResponse,
  StreamPayload,
  VerifyRequestRequest,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { AuthorityServiceService } from '../../src/gen/chancery/v1/authority_service.ts'
import { CertificateServiceService } from '../../src/gen/chancery/v1/certificate_service.ts'
import { ClientServiceService } from '../../src/gen/chancery/v1/client_service.ts'
import { CertificateState, RevocationReason } from '../../src/gen/chancery/v1/types.ts'
import { buildCsr } from '../support/build-use-cases.ts'
import { refusalOf } from '../support/grpc-fixture.ts'
import {
  call,
  open,
  type RunningService,
  startRunningService,
  type TestIdentity,
} from '../support/running-service.ts'

/** The four headers of the simple profile, as docs/protocol.md has them. */
function signSimple(
  identity: { keyPem: string; certificatePem: string },
  request: { method: string; target: string; authority: string; body?: string; nonce?: string; at?: number },
) {
  const timestamp = String(request.at ?? Math.floor(Date.now() / 1000))
  const nonce = request.nonce ?? `nonce-${Math.random().toString(36).slice(2).padEnd(16, 'x')}`
  const digest = createHash('sha256')
    .update(request.body ?? '')
    .digest('hex')
  const base = [request.method, request.target, request.authority, digest, timestamp, nonce].join('\n')
  const chain = identity.certificatePem
    .split('-----END CERTIFICATE-----')
    .map((part) => part.replace('-----BEGIN CERTIFICATE-----', '').replace(/\s/g, ''))
    .filter((part) => part !== '')
  return Object.entries({
    'X-Client-Cert': chain.join(','),
    'X-Timestamp': timestamp,
    'X-Nonce': nonce,
    'X-Signature': sign('sha256', Buffer.from(base), identity.keyPem).toString('base64'),
  }).map(([name, value]) => ({ name, value: Buffer.from(value) }))
}

function verifyHttp(
  running: RunningService,
  verifier: TestIdentity,
  request: {
    method: string
    target: string
    authority: string
    headers: { name: string; value: Buffer }[]
    body?: string
  },
  requiredScopes: string[],
) {
  const { body, ...rest } = request
  return call(
    running,
    verifier,
    Authorization.verifyRequest,
    VerifyRequestRequest.fromPartial({
      credential: {
        $case: 'httpSignature',
        value: {
          ...rest,
          ...(body !== undefined && { body: { $case: 'bodyBytes', value: Buffer.from(body) } }),
        },
      },
      requiredScopes,
    }),
  )
}

const COMPLETE_LISTS = StreamCRLRequest.fromPartial({
  authorities: ['issuing-1'],
  payload: StreamPayload.STREAM_PAYLOAD_COMPLETE,
})

/** Reads a stream up to the end of the next list and returns it. */
async function nextList(stream: { next(): Promise<StreamCRLResponse> }) {
  const chunks: Buffer[] = []
  for (let message = 0; message < 1000; message++) {
    const { event } = await stream.next()
    if (event?.$case === 'snapshotBegin') chunks.length = 0
    if (event?.$case === 'snapshotChunk') chunks.push(event.value.data)
    if (event?.$case === 'snapshotEnd') return parseCrl(Buffer.concat(chunks))
  }
  throw new Error('no list came')
}

describe('the service, end to end', () => {
  let running: RunningService
  before(async () => {
    running = await startRunningService()
  })
  after(() => running.close())

  it('issues, allows, revokes, pushes, and denies', async () => {
    const alice = await running.enrol('alice', ['bob.user.read', 'bob.user.write'])
    const bob = await running.enrol('bob', ['chancery.requests.verify', 'chancery.crl.read'])
    const stream = open(running, bob, Authorization.streamCrl, COMPLETE_LISTS)
    const first = await nextList(stream)
    assert.equal(first.entryCount, 0)

    const request = { method: 'POST', target: '/users/7?x=1', authority: 'bob.example', body: '{"a":1}' }
    const headers = signSimple(alice, request)
    const allowed = await verifyHttp(running, bob, { ...request, headers }, ['bob.user.write'])
    assert.equal(allowed.decision, Decision.DECISION_ALLOW)
    assert.equal(allowed.principal?.clientId, 'alice')
    assert.deepEqual(allowed.grantedScopes, ['bob.user.read', 'bob.user.write'])

    const replayed = await verifyHttp(running, bob, { ...request, headers }, ['bob.user.write'])
    assert.equal(replayed.denyReason, DenyReason.DENY_REASON_NONCE_REPLAYED)
    const changed = { ...request, body: '{"a":2}', headers: signSimple(alice, request) }
    const denied = await verifyHttp(running, bob, changed, ['bob.user.write'])
    assert.equal(denied.denyReason, DenyReason.DENY_REASON_SIGNATURE_INVALID)
    const lacking = { ...request, headers: signSimple(alice, request) }
    const insufficient = await verifyHttp(running, bob, lacking, ['bob.user.delete'])
    assert.equal(insufficient.denyReason, DenyReason.DENY_REASON_SCOPE_INSUFFICIENT)
    assert.deepEqual(insufficient.missingScopes, ['bob.user.delete'])

    const { serialNumber } = alice.issued
    const revoked = await call(
      running,
      running.admin,
      Authorization.revokeCertificate,
      RevokeCertificateRequest.fromPartial({
        target: { $case: 'serial', value: { serialNumber } },
        reason: RevocationReason.REVOCATION_REASON_KEY_COMPROMISE,
      }),
    )
    const after = await verifyHttp(running, bob, { ...request, headers: signSimple(alice, request) }, [])
    assert.equal(after.denyReason, DenyReason.DENY_REASON_CERTIFICATE_REVOKED)
    const pushed = await nextList(stream)
    assert.equal(pushed.crlNumber, revoked.crlNumber)
    assert.equal(pushed.find(parseHex(serialNumber)!)?.reason, 'keyCompromise')
    stream.close()
  })

  it('refuses a revoked caller on its next call, and ends its open streams', async () => {
    const eve = await running.enrol('eve', ['chancery.crl.read'])
    const stream = open(running, eve, Authorization.streamCrl, StreamCRLRequest.fromPartial({}))
    await nextList(stream)
    // By its own hand: a client may revoke its own.
    await call(
      running,
      eve,
      Authorization.revokeCertificate,
      RevokeCertificateRequest.fromPartial({
        target: { $case: 'certificateDer', value: eve.issued.certificateDer },
        reason: RevocationReason.REVOCATION_REASON_SUPERSEDED,
      }),
    )
    const end = refusalOf(await stream.ended)
    assert.equal(end.code, Code.UNAUTHENTICATED)
    assert.equal(end.reason, 'CALLER_REVOKED')
    await assert.rejects(call(running, eve, AuthorityServiceService.listAuthorities, {}), (error) => {
      const refusal = refusalOf(error)
      return refusal.reason === 'CALLER_REVOKED' && refusal.metadata['deny_reason'] === 'CERTIFICATE_REVOKED'
    })
  })

  it('refuses a locked caller, ends its streams, and lets it in again when it is unlocked', async () => {
    const carol = await running.enrol('carol', ['chancery.crl.read'])
    const stream = open(running, carol, Authorization.streamCrl, StreamCRLRequest.fromPartial({}))
    await nextList(stream)
    await call(running, running.admin, ClientServiceService.lockClient, {
      clientId: 'carol',
      message: 'lost laptop',
    })
    assert.equal(refusalOf(await stream.ended).code, Code.UNAUTHENTICATED)
    await assert.rejects(call(running, carol, AuthorityServiceService.listAuthorities, {}), (error) => {
      return refusalOf(error).metadata['deny_reason'] === 'CERTIFICATE_REVOKED'
    })
    await call(running, running.admin, ClientServiceService.unlockClient, { clientId: 'carol' })
    const { authorities } = await call(running, carol, AuthorityServiceService.listAuthorities, {})
    assert.deepEqual(
      authorities.map(({ id }) => id),
      ['root', 'issuing-1'],
    )
  })

  it('lets a client renew its own certificate and read its own, and nothing of others', async () => {
    const dave = await running.enrol('dave', ['x.read'])
    const renew = (clientId: string) =>
      call(
        running,
        dave,
        Authorization.issueCertificate,
        IssueCertificateRequest.fromPartial({
          clientId,
          key: { $case: 'csrDer', value: Buffer.from(buildCsr(clientId).csrDer) },
          replacesSerialNumber: clientId === 'dave' ? dave.issued.serialNumber : '',
        }),
      )
    const renewed = await renew('dave')
    assert.notEqual(renewed.serialNumber, dave.issued.serialNumber)
    await assert.rejects(renew('alice'), (error) => refusalOf(error).reason === 'CALLER_NOT_ALLOWED')
    const own = await call(running, dave, CertificateServiceService.getCertificate, {
      serialNumber: dave.issued.serialNumber,
      authority: '',
    })
    assert.equal(own.certificate?.state, CertificateState.CERTIFICATE_STATE_ACTIVE)
    await assert.rejects(
      call(running, dave, CertificateServiceService.listCertificates, {
        pageSize: 0,
        pageToken: '',
        clientId: '',
        scope: '',
        state: 0,
        expiresBefore: undefined,
        expiresAfter: undefined,
      }),
      (error) => refusalOf(error).metadata['required_scope'] === 'chancery.certificates.read',
    )
  })

  it('publishes what openssl needs to accept a certificate, and to refuse it once it is revoked', async () => {
    const frank = await running.enrol('frank', ['x.read'])
    const fetchTo = async (path: string, file: string, inform: string) => {
      const response = await fetch(`http://${running.service.httpAddress}${path}`)
      assert.equal(response.status, 200)
      writeFileSync(running.file(file), Buffer.from(await response.arrayBuffer()))
      return inform === 'pem'
        ? running.file(file)
        : (execFileSync('openssl', [
            'crl',
            '-inform',
            'DER',
            '-in',
            running.file(file),
            '-out',
            running.file(`${file}.pem`),
          ]),
          running.file(`${file}.pem`))
    }
    writeFileSync(running.file('leaf.pem'), frank.certificatePem)
    const root = await fetchTo('/bundle.pem', 'bundle.pem', 'pem')
    const issuing = await fetchTo('/ca/issuing-1.pem', 'issuing.pem', 'pem')
    const verify = async () => {
      const lists = [
        await fetchTo('/crl/root.crl', 'root.crl', 'der'),
        await fetchTo('/crl/issuing-1.crl', 'issuing.crl', 'der'),
      ]
      const options = ['-crl_check_all', '-purpose', 'sslclient', '-CAfile', root, '-untrusted', issuing]
      return execFileSync(
        'openssl',
        ['verify', ...options, ...lists.flatMap((list) => ['-CRLfile', list]), running.file('leaf.pem')],
        { encoding: 'utf8', stdio: 'pipe' },
      )
    }
    assert.match(await verify(), /leaf\.pem: OK/)
    const stream = open(running, running.admin, Authorization.streamCrl, COMPLETE_LISTS)
    await nextList(stream)
    await call(
      running,
      running.admin,
      Authorization.revokeCertificate,
      RevokeCertificateRequest.fromPartial({
        target: { $case: 'serial', value: { serialNumber: frank.issued.serialNumber } },
      }),
    )
    await nextList(stream)
    stream.close()
    await assert.rejects(verify(), /certificate revoked/)
  })

  it('follows a list by deltas, over the stream and over HTTP, that combine to the list of the newest number', async () => {
    const request = StreamCRLRequest.fromPartial({ authorities: ['issuing-1'] })
    const stream = open(running, running.admin, Authorization.streamCrl, request)
    const base = await nextList(stream)
    const entries = new Set([...base.entries()].map(({ serialNumber }) => formatHex(serialNumber)))
    let at = base.crlNumber!
    const ivan = await running.enrol('ivan', [])
    await call(
      running,
      running.admin,
      Authorization.revokeCertificate,
      RevokeCertificateRequest.fromPartial({
        target: { $case: 'serial', value: { serialNumber: ivan.issued.serialNumber } },
      }),
    )
    for (let message = 0; message < 100 && !entries.has(ivan.issued.serialNumber); message++) {
      const { event } = await stream.next()
      const der = event?.$case === 'delta' ? event.value.deltaCrlDer : undefined
      const signed = event?.$case === 'checkpoint' ? event.value.signedCheckpointDer : der
      const delta = parseCrl(signed!)
      assert.equal(delta.baseCrlNumber, at)
      at = delta.crlNumber!
      for (const { serialNumber } of delta.entries()) entries.add(formatHex(serialNumber))
    }
    stream.close()
    const fetchList = async (path: string) => {
      const response = await fetch(`http://${running.service.httpAddress}${path}`)
      assert.equal(response.status, 200)
      return parseCrl(new Uint8Array(await response.arrayBuffer()))
    }
    const delta = await fetchList('/crl/issuing-1.delta.crl')
    const complete = await fetchList('/crl/issuing-1.crl')
    assert.ok(delta.baseCrlNumber! <= complete.crlNumber!)
    const combined = [...complete.entries(), ...delta.entries()].map(({ serialNumber }) =>
      formatHex(serialNumber),
    )
    assert.deepEqual(new Set(combined), entries)
  })

  it('gives its client the same answers after a restart, and does not go back in its numbers', async () => {
    const before = await call(running, running.admin, AuthorityServiceService.listAuthorities, {})
    await running.restart()
    const after = await call(running, running.admin, AuthorityServiceService.listAuthorities, {})
    for (const [i, authority] of after.authorities.entries()) {
      assert.ok(authority.crl!.crlNumber >= before.authorities[i]!.crl!.crlNumber)
      assert.equal(
        formatHex(authority.certificateSha256),
        formatHex(before.authorities[i]!.certificateSha256),
      )
    }
  })

  it('ends streams with UNAVAILABLE when it stops', async () => {
    const own = await startRunningService()
    const stream = open(own, own.admin, Authorization.streamCrl, StreamCRLRequest.fromPartial({}))
    await nextList(stream)
    await own.close()
    const end = refusalOf(await stream.ended)
    assert.equal(end.code, Code.UNAVAILABLE)
    assert.equal(end.reason, 'SHUTTING_DOWN')
  })
})
