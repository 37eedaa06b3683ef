import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { status as Code } from '@grpc/grpc-js'
import {
  AuthorizationServiceService as Authorization,
  Decision,
  DenyReason,
  IssueCertificateRequest,
  RevokeCertificateRequest,
  VerifyRequestRequest,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { buildCsr } from '../support/build-use-cases.ts'
import { refusalOf } from '../support/grpc-fixture.ts'
import { type RunningService, startRunningService } from '../support/running-service.ts'
import { connect, type TestClient } from '../support/test-client.ts'

/** A named piece of bytes that a stranger might send where `good` belongs. */
interface Hostile {
  readonly name: string
  readonly bytes: Buffer
}

/** Wraps content in SEQUENCEs, `depth` of them. */
function nest(depth: number): Buffer {
  let der = Buffer.alloc(0)
  for (let i = 0; i < depth; i++) {
    const length = der.length < 0x80 ? [der.length] : [0x82, der.length >> 8, der.length & 0xff]
    der = Buffer.concat([Buffer.from([0x30, ...length]), der])
  }
  return der
}

/** Every way of breaking a DER structure that needs no knowledge of it, spread over its whole length. */
function hostileVariants(good: Buffer, count: number): Hostile[] {
  const at = (i: number) => Math.floor((i * (good.length - 1)) / count)
  const variants: Hostile[] = []
  for (let i = 0; i < count; i++) {
    const flipped = Buffer.from(good)
    flipped[at(i)]! ^= 1 << (i % 8)
    variants.push({ name: `bit ${i % 8} of octet ${at(i)} flipped`, bytes: flipped })
    variants.push({ name: `cut after ${at(i)} octets`, bytes: good.subarray(0, at(i)) })
    variants.push({
      name: `an octet put in at ${at(i)}`,
      bytes: Buffer.concat([good.subarray(0, at(i)), Buffer.from([0]), good.subarray(at(i))]),
    })
  }
  const replaced = (from: number[], to: number[]) =>
    Buffer.from(
      good.toString('hex').replaceAll(Buffer.from(from).toString('hex'), Buffer.from(to).toString('hex')),
      'hex',
    )
  return [
    ...variants,
    { name: 'empty', bytes: Buffer.alloc(0) },
    { name: 'trailing octets', bytes: Buffer.concat([good, Buffer.from([5, 0])]) },
    { name: 'twice', bytes: Buffer.concat([good, good]) },
    { name: 'padded beyond the limit', bytes: Buffer.concat([good, Buffer.alloc(64 * 1024)]) },
    { name: 'a megabyte of zeros', bytes: Buffer.alloc(1024 * 1024) },
    { name: 'an indefinite length', bytes: Buffer.from([0x30, 0x80, ...good.subarray(4), 0, 0]) },
    { name: 'a length of 2^32 - 1', bytes: Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]) },
    {
      name: 'a non-minimal length',
      bytes: Buffer.from([0x30, 0x83, 0, good[2]!, good[3]!, ...good.subarray(4)]),
    },
    { name: 'nested 1,000 deep', bytes: nest(1000) },
    { name: 'nested 17 deep', bytes: nest(17) },
    {
      name: 'PEM instead of DER',
      bytes: Buffer.from(`-----BEGIN X-----\n${good.toString('base64')}\n-----END X-----\n`),
    },
    {
      name: 'an OID with a padded arc',
      bytes: replaced([0x06, 0x03, 0x55, 0x04, 0x03], [0x06, 0x03, 0x80, 0x04, 0x03]),
    },
    { name: 'a BOOLEAN of 01', bytes: replaced([0x01, 0x01, 0xff], [0x01, 0x01, 0x01]) },
    { name: 'a UTCTime as text', bytes: replaced([0x17, 0x0d], [0x0c, 0x0d]) },
    { name: 'random octets', bytes: Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 7919) % 256)) },
  ].filter(({ bytes }) => !bytes.equals(good))
}

describe('hostile input is refused with a reason, never INTERNAL', () => {
  let running: RunningService
  let client: TestClient
  let alice: Awaited<ReturnType<RunningService['enrol']>>
  before(async () => {
    running = await startRunningService()
    alice = await running.enrol('alice', ['bob.user.read'])
    client = connect(running, running.admin.channel)
  })
  after(async () => {
    client.close()
    await running.close()
  })

  async function refusal<Request, Response>(
    method: Parameters<typeof client.call<Request, Response>>[0],
    request: Request,
    name: string,
  ) {
    try {
      await client.call(method, request)
    } catch (error) {
      return refusalOf(error)
    }
    assert.fail(`${name} was accepted`)
  }

  it('in place of a CSR: INVALID_ARGUMENT, every time', async () => {
    const good = Buffer.from(buildCsr('alice').csrDer)
    const variants = hostileVariants(good, 40)
    assert.ok(variants.length > 120)
    for (const { name, bytes } of variants) {
      const request = IssueCertificateRequest.fromPartial({
        clientId: 'alice',
        key: { $case: 'csrDer', value: bytes },
      })
      const { code, reason } = await refusal(Authorization.issueCertificate, request, name)
      assert.equal(code, Code.INVALID_ARGUMENT, name)
      assert.match(reason ?? '', /^(CSR_MALFORMED|CSR_SIGNATURE_INVALID|PUBLIC_KEY_REJECTED)$/, name)
    }
  })

  it('in place of a certificate: a denial with its reason, every time', async () => {
    const variants = hostileVariants(alice.issued.certificateDer, 40)
    for (const { name, bytes } of variants) {
      const answer = await client.call(
        Authorization.verifyRequest,
        VerifyRequestRequest.fromPartial({
          credential: { $case: 'presentedCertificate', value: { certificateChainDer: [bytes] } },
        }),
      )
      assert.equal(answer.decision, Decision.DECISION_DENY, name)
      assert.notEqual(answer.denyReason, DenyReason.DENY_REASON_UNSPECIFIED, name)
    }
  })

  it('in place of a certificate to revoke: INVALID_ARGUMENT or NOT_FOUND, every time', async () => {
    for (const { name, bytes } of hostileVariants(alice.issued.certificateDer, 20)) {
      const request = RevokeCertificateRequest.fromPartial({
        target: { $case: 'certificateDer', value: bytes },
      })
      const { code } = await refusal(Authorization.revokeCertificate, request, name)
      assert.ok(code === Code.INVALID_ARGUMENT || code === Code.NOT_FOUND, `${name}: ${code}`)
    }
  })

  it('in place of a message: INVALID_ARGUMENT, or too large, or what its fields deserve', async () => {
    const good = Buffer.from(
      IssueCertificateRequest.encode(
        IssueCertificateRequest.fromPartial({
          clientId: 'alice',
          key: { $case: 'csrDer', value: Buffer.from(buildCsr('alice').csrDer) },
          validity: { seconds: 3600n, nanos: 0 },
        }),
      ).finish(),
    )
    const raw = { ...Authorization.issueCertificate, requestSerialize: (bytes: Buffer) => bytes }
    const harmless = new Set([
      Code.INVALID_ARGUMENT,
      Code.NOT_FOUND,
      Code.PERMISSION_DENIED,
      Code.RESOURCE_EXHAUSTED,
      Code.UNIMPLEMENTED,
    ])
    for (const { name, bytes } of hostileVariants(good, 40)) {
      try {
        // A changed octet may still be a good request: then it is served.
        await client.call(raw, bytes)
      } catch (error) {
        const { code, reason } = refusalOf(error)
        assert.ok(harmless.has(code), `${name}: ${code} ${reason ?? ''}`)
      }
    }
  })

  it('over and over: memory stays flat', async () => {
    const [{ bytes }] = hostileVariants(alice.issued.certificateDer, 1) as [Hostile]
    const round = async () => {
      for (let i = 0; i < 300; i++) {
        await client.call(
          Authorization.verifyRequest,
          VerifyRequestRequest.fromPartial({
            credential: {
              $case: 'presentedCertificate',
              value: { certificateChainDer: [bytes, bytes, bytes] },
            },
          }),
        )
      }
      globalThis.gc?.()
      return process.memoryUsage().heapUsed
    }
    await round()
    const before = await round()
    const after = await round()
    assert.ok(after - before < 32 * 1024 * 1024, `heap grew by ${after - before} octets`)
  })

  it('and a good caller is served all the same', async () => {
    const answer = await client.call(
      Authorization.verifyRequest,
      VerifyRequestRequest.fromPartial({
        credential: {
          $case: 'presentedCertificate',
          value: { certificateChainDer: [alice.issued.certificateDer] },
        },
        requiredScopes: ['bob.user.read'],
      }),
    )
    assert.equal(answer.decision, Decision.DECISION_ALLOW)
  })
})
