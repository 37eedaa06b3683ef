import assert from 'node:assert/strict'
import { execFile, execFileSync, spawn } from 'node:child_process'
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, it } from 'node:test'
import { parseCertificate } from '../../src/core/x509/certificate.ts'
import type { PlanInput } from '../../src/core/issuance/plan.ts'
import { createFileKeyStore } from '../../src/signer/file-key-store.ts'
import { createKeySigner } from '../../src/signer/key-signer.ts'
import { buildAuthority, buildLeaf, type TestAuthority } from '../support/build-authority.ts'
import { describeWithTool } from '../support/external-tool.ts'
import { formatPem } from '../../src/core/pem.ts'
import { type RunningService, startRunningService } from '../support/running-service.ts'

const SERVICE = 'chancery.v1.AuthorizationService'

interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

describeWithTool('grpcurl', 'grpcurl with three PEM files of an identity', (grpcurl) => {
  let running: RunningService
  before(async () => {
    running = await startRunningService()
    writeFileSync(running.file('ca.pem'), running.caPem)
    writeIdentity('admin', running.admin.certificatePem, running.admin.keyPem)
  })
  after(() => running.close())

  function writeIdentity(name: string, certificatePem: string, keyPem: string): void {
    writeFileSync(running.file(`${name}.cert.pem`), certificatePem)
    writeFileSync(running.file(`${name}.key.pem`), keyPem, { mode: 0o600 })
  }

  function options(identity: string | null): string[] {
    return identity === null
      ? ['-cacert', running.file('ca.pem')]
      : [
          ...['-cacert', running.file('ca.pem')],
          ...['-cert', running.file(`${identity}.cert.pem`), '-key', running.file(`${identity}.key.pem`)],
        ]
  }

  function run(args: readonly string[], identity: string | null = 'admin'): Promise<Answer> {
    return new Promise((resolve) => {
      execFile(grpcurl, [...options(identity), ...args], { timeout: 20_000 }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
      })
    })
  }

  const address = () => `localhost:${running.port}`

  async function invoke(
    method: string,
    request: unknown,
    identity = 'admin',
  ): Promise<Record<string, unknown>> {
    const answer = await run(['-d', JSON.stringify(request), address(), method], identity)
    assert.equal(answer.code, 0, answer.stderr)
    return JSON.parse(answer.stdout) as Record<string, unknown>
  }

  it('lists the services and describes them with their comments', async () => {
    const list = await run([address(), 'list'])
    for (const service of [
      'AuthorizationService',
      'ClientService',
      'CertificateService',
      'AuthorityService',
    ]) {
      assert.ok(list.stdout.includes(`chancery.v1.${service}\n`), list.stderr)
    }
    assert.ok(list.stdout.includes('grpc.health.v1.Health'))
    const described = await run([address(), 'describe', `${SERVICE}.IssueCertificate`])
    assert.match(described.stdout, /\/\/ Issues a certificate/)
    assert.match(described.stdout, /rpc IssueCertificate/)
  })

  it('answers the health check', async () => {
    const health = await invoke('grpc.health.v1.Health/Check', {})
    assert.equal(health['status'], 'SERVING')
  })

  it('issues for CSRs that openssl made, verifies a signature that openssl made, and denies it once revoked', async () => {
    await invoke('chancery.v1.ClientService/CreateClient', {
      client_id: 'alice',
      granted_scopes: ['bob.user.read'],
    })
    const kinds = {
      rsa: ['-newkey', 'rsa:2048'],
      p256: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
      ed25519: ['-newkey', 'ed25519'],
    }
    for (const [kind, key] of Object.entries(kinds)) {
      const [keyFile, csrFile] = [running.file(`${kind}.key`), running.file(`${kind}.csr`)]
      execFileSync(
        'openssl',
        [
          'req',
          '-new',
          ...key,
          '-nodes',
          '-keyout',
          keyFile,
          '-outform',
          'DER',
          '-out',
          csrFile,
          '-subj',
          '/CN=alice',
        ],
        { stdio: 'pipe' },
      )
      const issued = await invoke(`${SERVICE}/IssueCertificate`, {
        client_id: 'alice',
        csr_der: readFileSync(csrFile).toString('base64'),
      })
      assert.deepEqual(issued['grantedScopes'], ['bob.user.read'])
      const certificateDer = Buffer.from(issued['certificateDer'] as string, 'base64')
      const privateKey = createPrivateKey(readFileSync(keyFile))
      const ours = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
      assert.deepEqual(Buffer.from(parseCertificate(certificateDer).publicKey.der), ours)

      const message = Buffer.from('something both sides know')
      const signature = sign(kind === 'ed25519' ? null : 'sha256', message, privateKey).toString('base64')
      const question = {
        detached_signature: {
          certificate_chain_der: [issued['certificateDer']],
          message: message.toString('base64'),
          signature,
        },
        required_scopes: ['bob.user.read'],
        explain: true,
      }
      const allowed = await invoke(`${SERVICE}/VerifyRequest`, question)
      assert.equal(allowed['decision'], 'DECISION_ALLOW')
      assert.ok((allowed['checks'] as unknown[]).length > 5)
      await invoke(`${SERVICE}/RevokeCertificate`, { serial: { serial_number: issued['serialNumber'] } })
      const denied = await invoke(`${SERVICE}/VerifyRequest`, question)
      assert.equal(denied['denyReason'], 'DENY_REASON_CERTIFICATE_REVOKED')
    }
  })

  it('holds a stream open and prints the delta when a revocation happens', async () => {
    const victim = await running.enrol('victim', ['x.read'])
    const stream = spawn(grpcurl, [
      ...options('admin'),
      '-d',
      JSON.stringify({ authorities: ['issuing-1'] }),
      address(),
      `${SERVICE}/StreamCRL`,
    ])
    try {
      const seen: string[] = []
      for await (const line of createInterface({ input: stream.stdout })) {
        const [kind] = /snapshotEnd|deltaCrlDer/.exec(line) ?? []
        if (kind === undefined) continue
        seen.push(kind)
        if (seen.length === 2) break
        await invoke(`${SERVICE}/RevokeCertificate`, {
          serial: { serial_number: victim.issued.serialNumber },
        })
      }
      assert.deepEqual(seen, ['snapshotEnd', 'deltaCrlDer'])
    } finally {
      stream.kill()
    }
  })

  it('is refused without a certificate, and told so', async () => {
    const { stderr } = await run([address(), 'list'], null)
    assert.match(stderr, /Unauthenticated/)
    assert.match(stderr, /shows no client certificate/)
  })

  it('is refused with a certificate of another CA, and told so', async () => {
    const now = new Date()
    await writeForged('foreign', await buildAuthority({ now }), { now, trustDomain: 'chancery.example' })
    const { stderr } = await run([address(), `${SERVICE}/VerifyRequest`], 'foreign')
    assert.match(stderr, /Unauthenticated/)
    assert.match(stderr, /ISSUER_UNKNOWN/)
    assert.match(stderr, /another CA/)
  })

  it('is refused with an expired certificate, and told so', async () => {
    const signer = await createFileKeyStore({ directory: join(running.dataDir, 'keys') }).open('issuing-1')
    const response = await fetch(`http://${running.service.httpAddress}/ca/issuing-1.crt`)
    const certificate = parseCertificate(new Uint8Array(await response.arrayBuffer()))
    // Signed by the real authority, for ten seconds that are over, within the authority's own backdated validity.
    const now = new Date(certificate.notBefore.getTime() + 1000)
    const input = { now, validitySeconds: 10, trustDomain: 'chancery.example' }
    await writeForged('expired', { certificate, signer }, input)
    const { stderr } = await run([address(), `${SERVICE}/VerifyRequest`], 'expired')
    assert.match(stderr, /Unauthenticated/)
    assert.match(stderr, /CERTIFICATE_EXPIRED/)
  })

  it('is refused without the scope, and told which', async () => {
    const poor = await running.enrol('poor', ['x.read'])
    writeIdentity('poor', poor.certificatePem, poor.keyPem)
    const { stderr } = await run(['-d', '{}', address(), `${SERVICE}/VerifyRequest`], 'poor')
    assert.match(stderr, /PermissionDenied/)
    assert.match(stderr, /chancery\.requests\.verify/)
  })

  /** Signs a certificate for a new key with whatever authority, and writes both as an identity. */
  async function writeForged(
    name: string,
    authority: TestAuthority,
    input: Partial<PlanInput>,
  ): Promise<void> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const leaf = await buildLeaf(authority, { key: createKeySigner(privateKey), input })
    const keyPem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    writeIdentity(name, formatPem('CERTIFICATE', leaf.certificate.der), keyPem)
  }
})
