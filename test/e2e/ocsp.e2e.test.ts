import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { AuthorityServiceService } from '../../src/gen/chancery/v1/authority_service.ts'
import {
  AuthorizationServiceService as Authorization,
  RevokeCertificateRequest,
} from '../../src/gen/chancery/v1/authorization_service.ts'
import { RevocationReason } from '../../src/gen/chancery/v1/types.ts'
import { MAX_OCSP_REQUEST_BYTES } from '../../src/core/limits.ts'
import { ocspStatusOf } from '../support/ocsp.ts'
import { type RunningService, call, startRunningService } from '../support/running-service.ts'

interface Outcome {
  readonly ok: boolean
  readonly text: string
}

function run(command: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 20_000 }, (error, stdout, stderr) =>
      resolve({ ok: error === null, text: stderr + stdout }),
    )
  })
}

const isInstalled = (await run('openssl', ['version'])).ok
const REQUIRED = process.env['CHANCERY_REQUIRE_TOOLS'] === '1'

describe(
  'OCSP of a running service',
  { skip: !isInstalled && !REQUIRED && 'openssl is not installed' },
  () => {
    let running: RunningService
    let url = ''
    before(async () => {
      running = await startRunningService({ CHANCERY_PUBLIC_URL: 'http://pki.example' })
      url = `http://${running.service.httpAddress}`
      for (const id of ['root', 'issuing-1']) {
        writeFileSync(running.file(`${id}.pem`), await (await fetch(`${url}/ca/${id}.pem`)).text())
      }
    })
    after(() => running.close())

    async function enrol(clientId: string) {
      const { certificatePem, issued } = await running.enrol(clientId, [])
      const path = running.file(`${clientId}.pem`)
      writeFileSync(path, certificatePem)
      return { path, serialNumber: issued.serialNumber }
    }

    const revoke = (serialNumber: string, reason: RevocationReason) =>
      call(
        running,
        running.admin,
        Authorization.revokeCertificate,
        RevokeCertificateRequest.fromPartial({
          target: { $case: 'serial', value: { authority: '', serialNumber } },
          reason,
        }),
      )

    /** Asks as a client that trusts the root and nothing else. */
    const ocsp = (issuer: string, args: readonly string[]) =>
      run('openssl', [
        'ocsp',
        ...['-issuer', running.file(`${issuer}.pem`), '-CAfile', running.file('root.pem')],
        ...['-verify_other', running.file('issuing-1.pem'), '-url', `${url}/ocsp`, ...args],
      ])

    it('is believed by openssl: good with the nonce, then revoked with its reason at once', async () => {
      const alice = await enrol('alice')
      const good = await ocsp('issuing-1', ['-cert', alice.path, '-resp_text'])
      assert.ok(good.ok, good.text)
      assert.match(good.text, /Response verify OK/)
      assert.match(good.text, /alice\.pem: good/)
      assert.match(good.text, /OCSP Nonce/)
      assert.doesNotMatch(good.text, /WARNING/)
      await revoke(alice.serialNumber, RevocationReason.REVOCATION_REASON_KEY_COMPROMISE)
      const revoked = await ocsp('issuing-1', ['-cert', alice.path])
      assert.match(revoked.text, /Response verify OK/)
      assert.match(revoked.text, /alice\.pem: revoked/)
      assert.match(revoked.text, /Reason: keyCompromise/)
    })

    it('tells openssl that a serial number was never issued, also by SHA-256', async () => {
      for (const digest of ['-sha1', '-sha256']) {
        const { text } = await ocsp('issuing-1', [digest, '-serial', '0x40123456'])
        assert.match(text, /Response verify OK/, digest)
        assert.match(text, /0x40123456: unknown/, digest)
      }
    })

    it('answers for the root about the issuing authority, by a responder of the root', async () => {
      const { ok, text } = await ocsp('root', ['-cert', running.file('issuing-1.pem')])
      assert.ok(ok, text)
      assert.match(text, /issuing-1\.pem: good/)
    })

    it('answers about several certificates in one response, and not about two authorities', async () => {
      const [one, two] = [await enrol('carol'), await enrol('dave')]
      await revoke(two.serialNumber, RevocationReason.REVOCATION_REASON_SUPERSEDED)
      const { text } = await ocsp('issuing-1', ['-cert', one.path, '-cert', two.path, '-serial', '0x4001'])
      assert.match(text, /carol\.pem: good[\s\S]*dave\.pem: revoked[\s\S]*0x4001: unknown/)
      const mixed = await ocsp('issuing-1', [
        ...['-cert', one.path],
        ...['-issuer', running.file('root.pem'), '-cert', running.file('issuing-1.pem')],
      ])
      assert.match(mixed.text, /unauthorized/)
    })

    it('answers a GET with what openssl put together, for caches to keep, changed by a revocation', async () => {
      const erin = await enrol('erin')
      const [request, response] = [running.file('erin.req'), running.file('erin.res')]
      const cert = ['-issuer', running.file('issuing-1.pem'), '-cert', erin.path]
      await run('openssl', ['ocsp', ...cert, '-no_nonce', '-reqout', request])
      const base64 = readFileSync(request).toString('base64')
      const etags = new Set<string | null>()
      const get = async (encoded: string) => {
        const got = await fetch(`${url}/ocsp/${encoded}`)
        assert.equal(got.status, 200)
        assert.equal(got.headers.get('content-type'), 'application/ocsp-response')
        assert.match(got.headers.get('cache-control') ?? '', /^public, .*max-age=60$/)
        etags.add(got.headers.get('etag'))
        writeFileSync(response, Buffer.from(await got.arrayBuffer()))
        const trust = ['-CAfile', running.file('root.pem'), '-verify_other', running.file('issuing-1.pem')]
        return run('openssl', ['ocsp', ...cert, ...trust, '-respin', response])
      }
      for (const encoded of [base64, encodeURIComponent(base64), base64.replaceAll('=', '')]) {
        assert.match((await get(encoded)).text, /Response verify OK[\s\S]*erin\.pem: good/)
      }
      assert.equal(etags.size, 1)
      await revoke(erin.serialNumber, RevocationReason.REVOCATION_REASON_CERTIFICATE_HOLD)
      assert.match(
        (await get(base64)).text,
        /Response verify OK[\s\S]*erin\.pem: revoked[\s\S]*certificateHold/,
      )
      assert.equal(etags.size, 2)
    })

    it('signs answers that openssl refuses with one octet changed', async () => {
      const frank = await enrol('frank')
      const [request, response] = [running.file('frank.req'), running.file('frank.res')]
      const cert = ['-issuer', running.file('issuing-1.pem'), '-cert', frank.path]
      const trust = ['-CAfile', running.file('root.pem'), '-verify_other', running.file('issuing-1.pem')]
      await run('openssl', ['ocsp', ...cert, '-no_nonce', '-reqout', request])
      const got = await fetch(`${url}/ocsp/${readFileSync(request).toString('base64url')}`)
      const der = Buffer.from(await got.arrayBuffer())
      for (let at = 30; at < der.length; at += Math.ceil(der.length / 24)) {
        const changed = Buffer.from(der)
        changed[at]! ^= 0x01
        writeFileSync(response, changed)
        const { text } = await run('openssl', ['ocsp', ...cert, ...trust, '-respin', response])
        assert.doesNotMatch(text, /Response verify OK/, `octet ${at}`)
      }
    })

    it('is named in certificates beside the issuer, when there is a public URL', async () => {
      const grace = await enrol('grace')
      const { text } = await run('openssl', ['x509', '-in', grace.path, '-noout', '-text'])
      assert.match(text, /OCSP - URI:http:\/\/pki\.example\/ocsp/)
      assert.match(text, /CA Issuers - URI:http:\/\/pki\.example\/ca\/issuing-1\.crt/)
    })

    it('survives a restart with new keys of its own', async () => {
      const heidi = await enrol('heidi')
      await running.restart()
      url = `http://${running.service.httpAddress}`
      const { text } = await ocsp('issuing-1', ['-cert', heidi.path])
      assert.match(text, /Response verify OK[\s\S]*heidi\.pem: good/)
    })

    it('gives each hostile request its answer and goes on', async () => {
      const post = async (body: string | Buffer<ArrayBuffer>, type = 'application/ocsp-request') => {
        const got = await fetch(`${url}/ocsp`, { method: 'POST', body, headers: { 'content-type': type } })
        return { status: got.status, body: new Uint8Array(await got.arrayBuffer()) }
      }
      const MALFORMED = 1
      for (const octets of ['', '30', '3000', '3080', '30843000000', 'ff'.repeat(100), '30'.repeat(400)]) {
        const { status, body } = await post(Buffer.from(octets, 'hex'))
        assert.equal(status, 200)
        assert.equal(ocspStatusOf(body), MALFORMED, octets)
      }
      assert.equal((await post('x', 'text/plain')).status, 415)
      assert.equal((await post(Buffer.alloc(MAX_OCSP_REQUEST_BYTES + 1))).status, 413)
      assert.equal((await fetch(`${url}/ocsp`)).status, 405)
      assert.equal((await fetch(`${url}/ocsp/${'A'.repeat(1100)}`)).status, 414)
      const path = new Uint8Array(await (await fetch(`${url}/ocsp/%25%25`)).arrayBuffer())
      assert.equal(ocspStatusOf(path), MALFORMED)
      // Still serving what it serves.
      const { authorities } = await call(running, running.admin, AuthorityServiceService.listAuthorities, {})
      assert.equal(authorities.length, 2)
    })
  },
)
