import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { CertificateServiceService } from '../../../src/gen/chancery/v1/certificate_service.ts'
import { CertificateState, RevocationReason } from '../../../src/gen/chancery/v1/types.ts'
import { EXAMPLE_LANGUAGES, runExample, makeIdentity } from '../../support/client-example.ts'
import { describeWithTool } from '../../support/external-tool.ts'
import { call, type RunningService, startRunningService } from '../../support/running-service.ts'

/** What the example prints when every step held, whatever its language: its README has the command. */
const STORY = [
  /^issued {5}(?<serial>[0-9a-f]{32}) to alice with bob\.user\.read$/,
  /^refused {4}SCOPE_NOT_GRANTABLE \(client_id=alice, scope=not\.granted\.to\.anyone\): have an operator grant it: chancery client set-scopes$/,
  /^following {2}issuing-1 from list (?<from>\d+)$/,
  /^allowed {4}alice for bob\.user\.read$/,
  /^denied {5}SCOPE_INSUFFICIENT for bob\.user\.read\.more$/,
  /^revoked {4}(?<revoked>[0-9a-f]{32}), in every list from (?<due>\d+) on$/,
  /^learnt {5}from list (?<learnt>\d+) that (?<named>[0-9a-f]{32}) is revoked$/,
  /^denied {5}CERTIFICATE_REVOKED for bob\.user\.read$/,
]

for (const language of EXAMPLE_LANGUAGES) {
  describeWithTool(`example-${language}`, `the example of clients/${language}`, (path) => {
    let running: RunningService
    let admin: string
    before(async () => {
      running = await startRunningService()
      admin = join(running.dataDir, 'identities', 'admin')
    })
    after(() => running.close())

    it('says what to do about a client that the service does not know', async () => {
      const { exitCode, output, errors } = await runExample(path, running.port, admin)
      assert.equal(exitCode, 1)
      assert.equal(output, '')
      assert.match(errors, /^fourcalls: CLIENT_NOT_FOUND \(client_id=alice\): .*chancery client add/)
    })

    it('says which scope is missing to a caller that may not do it all', async () => {
      const alice = await running.enrol('alice', ['bob.user.read'])
      const folder = await makeIdentity(running, 'alice', alice, running.caPem)
      const { exitCode, output, errors } = await runExample(path, running.port, folder)
      assert.equal(exitCode, 1)
      assert.match(output, /^issued .*\nrefused .*\n$/)
      assert.match(errors, /^fourcalls: CALLER_NOT_ALLOWED \(required_scope=chancery\.crl\.read\): /)
    })

    it('goes through the life of a certificate and learns of its end from the stream', async () => {
      const { exitCode, output, errors } = await runExample(path, running.port, admin)
      assert.equal(errors, '')
      assert.equal(exitCode, 0)
      const lines = output.trimEnd().split('\n')
      assert.equal(lines.length, STORY.length, output)
      const told = Object.assign({}, ...lines.map((line, i) => read(line, STORY[i]!))) as Record<
        'serial' | 'from' | 'revoked' | 'due' | 'learnt' | 'named',
        string
      >
      assert.equal(told.revoked, told.serial)
      assert.equal(told.named, told.serial)
      assert.ok(BigInt(told.learnt) >= BigInt(told.due) && BigInt(told.due) > BigInt(told.from))

      const { certificate } = await call(running, running.admin, CertificateServiceService.getCertificate, {
        authority: 'issuing-1',
        serialNumber: told.serial,
      })
      assert.equal(certificate?.state, CertificateState.CERTIFICATE_STATE_REVOKED)
      assert.equal(certificate.revocationReason, RevocationReason.REVOCATION_REASON_CESSATION_OF_OPERATION)
      assert.equal(certificate.crlNumber, BigInt(told.due))
    })

    it('calls nobody but a service under its own ca.pem', async () => {
      const stranger = await startRunningService()
      try {
        const folder = await makeIdentity(running, 'deceived', running.admin, stranger.caPem)
        const { exitCode, output, errors } = await runExample(path, running.port, folder)
        assert.equal(exitCode, 1)
        assert.equal(output, '')
        assert.match(errors, /is ca\.pem its own/)
      } finally {
        await stranger.close()
      }
    })

    it('does nothing with an identity folder that is not whole', async () => {
      const folder = running.file('half')
      mkdirSync(folder)
      copyFileSync(join(admin, 'cert.pem'), join(folder, 'cert.pem'))
      const { exitCode, output, errors } = await runExample(path, running.port, folder)
      assert.equal(exitCode, 1)
      assert.equal(output, '')
      assert.match(errors, /half/)
    })
  })
}

function read(line: string, form: RegExp): Record<string, string> {
  const match = form.exec(line)
  assert.ok(match, `${line} does not say ${form.source}`)
  return match.groups ?? {}
}
