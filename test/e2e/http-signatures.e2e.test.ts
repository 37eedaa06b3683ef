import assert from 'node:assert/strict'
import { X509Certificate, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { formatBase64 } from '../../src/core/bytes.ts'
import { certificateKeyId } from '../../src/core/request/rfc9421/message-profile.ts'
import { type CliService, startCliService } from '../support/cli-service.ts'
import { describeWithTool } from '../support/external-tool.ts'
import { runCases } from '../support/run-cases.ts'
import {
  type SignableRequest,
  type SignatureImplementation,
  type SignatureWish,
  npmImplementation,
  pythonImplementation,
} from '../support/signature-implementation.ts'
import { type TemporaryFolder, createTemporaryFolder } from '../support/temporary-folder.ts'

const URL = 'https://bob.example:8443/users/7?full=1'
const COMPONENTS = ['@method', '@authority', '@path', '@query', 'x-client-cert']
const ALGORITHMS = [
  ['p256', 'ecdsa-p256-sha256'],
  ['p384', 'ecdsa-p384-sha384'],
  ['ed25519', 'ed25519'],
  ['rsa2048', 'rsa-v1_5-sha256'],
] as const
/** Of keys that we sign with otherwise, but verify. */
const VERIFIED = [...ALGORITHMS, ['rsa2048', 'rsa-pss-sha512']] as const

describe('RFC 9421 as others implement it', () => {
  let folder: TemporaryFolder
  let service: CliService
  before(async () => {
    folder = createTemporaryFolder()
    service = await startCliService(folder.path)
    await service.json(['client', 'add', 'alice', '--scope', 'bob.user.read'])
    for (const [keyType] of ALGORITHMS) {
      await service.json(['cert', 'issue', 'alice', '--out', folder.file(keyType), '--key-type', keyType])
    }
  })
  after(async () => {
    await service.service.close()
    folder.remove()
  })

  const pem = (keyType: string, name: string) => readFileSync(`${folder.file(keyType)}/${name}`, 'utf8')
  const leafOf = (keyType: string) => new X509Certificate(pem(keyType, 'cert.pem')).raw

  /** What another implementation is asked to sign so that it is signed by our profile. */
  function wish(keyType: string, algorithm: string, body = '') {
    const leaf = leafOf(keyType)
    const created = Math.floor(Date.now() / 1000)
    return [
      {
        method: body === '' ? 'GET' : 'POST',
        url: URL,
        headers: { 'X-Client-Cert': formatBase64(leaf), 'Content-Type': 'text/plain' },
        body,
      } satisfies SignableRequest,
      {
        algorithm,
        keyPem: pem(keyType, 'key.pem'),
        keyid: certificateKeyId(leaf),
        created,
        expires: created + 60,
        nonce: randomBytes(12).toString('hex'),
        components: COMPONENTS,
      } satisfies SignatureWish,
    ] as const
  }

  /** The running service's decision: its reason, or that it allows. */
  async function judge({ method, url, headers, body }: SignableRequest): Promise<string> {
    const { output, errors } = await service.run([
      ...['request', 'verify', '-o', 'json', '--method', method, '--url', url],
      ...['--require-scope', 'bob.user.read'],
      ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
      ...(body === '' ? [] : ['--data', body]),
    ])
    assert.equal(errors, '')
    const { decision, deny_reason: reason } = JSON.parse(output) as Record<string, string>
    return (reason ?? decision!).replace(/^(DENY_REASON|DECISION)_/, '')
  }

  function define(implementation: SignatureImplementation): void {
    for (const [keyType, algorithm] of VERIFIED) {
      it(`signs by ${algorithm} what the service allows, and not once it is changed`, async () => {
        for (const body of ['', '{"name":"Eve"}']) {
          const [request, wished] = wish(keyType, algorithm, body)
          const signed = { ...request, headers: await implementation.sign(request, wished) }
          assert.equal(await judge({ ...signed, url: URL.replace('7', '8') }), 'SIGNATURE_INVALID')
          if (body !== '') assert.equal(await judge({ ...signed, body: 'x' }), 'DIGEST_MISMATCH')
          assert.equal(await judge(signed), 'ALLOW')
          assert.equal(await judge(signed), 'NONCE_REPLAYED')
        }
      })

      it(`signs by ${algorithm} what the conformance driver verifies`, async () => {
        const [request, wished] = wish(keyType, algorithm)
        const headers = await implementation.sign(request, wished)
        const spki = new X509Certificate(leafOf(keyType)).publicKey.export({ type: 'spki', format: 'der' })
        const message = {
          method: request.method,
          target: '/users/7?full=1',
          authority: 'bob.example:8443',
          scheme: 'https',
          headers: Object.entries(headers),
        }
        const verify = { op: 'http_signature.verify', key: { spki: formatBase64(spki) } }
        const [good, bad] = await runCases([
          { id: '1', ...verify, message },
          { id: '2', ...verify, message: { ...message, authority: 'mallory.example' } },
        ])
        assert.equal(good?.ok, true, JSON.stringify(good))
        assert.equal(bad?.reason, 'SIGNATURE_INVALID')
      })
    }

    it('signs less than must be signed, and is refused for that', async () => {
      const [request, wished] = wish('ed25519', 'ed25519')
      for (const left of COMPONENTS) {
        const components = COMPONENTS.filter((one) => one !== left)
        const headers = await implementation.sign(request, { ...wished, components })
        assert.equal(await judge({ ...request, headers }), 'COVERAGE_INSUFFICIENT', left)
      }
    })

    for (const [keyType, algorithm] of ALGORITHMS) {
      it(`verifies what \`chancery request sign\` signs by ${algorithm}, and not once it is changed`, async () => {
        for (const body of ['', '{"name":"Eve"}']) {
          const method = body === '' ? 'GET' : 'POST'
          const { headers } = (await service.json([
            ...['request', 'sign', '--identity', folder.file(keyType), '--method', method, '--url', URL],
            ...(body === '' ? [] : ['--data', body]),
          ])) as { readonly headers: readonly { readonly name: string; readonly value: string }[] }
          const signed = {
            method,
            url: URL,
            headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
            body,
          }
          const certificate = pem(keyType, 'cert.pem')
          assert.equal(await implementation.verifies(signed, algorithm, certificate), true)
          const changed = { ...signed, url: URL.replace('7', '8') }
          assert.equal(await implementation.verifies(changed, algorithm, certificate), false)
        }
      })
    }
  }

  describe('in JavaScript (http-message-signatures of npm)', () => {
    define(npmImplementation)
  })

  describeWithTool('http-signatures-py', 'in Python (http-message-signatures of PyPI)', (command) => {
    const implementation = pythonImplementation(command)
    after(() => implementation.close())
    define(implementation)
  })
})
