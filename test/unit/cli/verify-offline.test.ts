import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { EXIT } from '../../../src/cli/exit-code.ts'
import { encodePem } from '../../../src/core/pem.ts'
import { clientStandIn, tokenStandIn } from '../../../src/core/revocation/stand-in-serial.ts'
import { runCommand } from '../../support/cli-service.ts'
import { FIXTURE_NOW, createDecisionFixture } from '../../support/decision-fixture.ts'
import { fakeCliIo } from '../../support/fake-cli-io.ts'
import { SERIAL, hoursAfter, issuingList, revoking, rootList } from '../../support/fixture-lists.ts'
import { signMessage } from '../../support/message-fixture.ts'
import {
  FIXTURE_AUDIENCE,
  FIXTURE_ISSUER,
  boundTo,
  fixtureJwks,
  signToken,
} from '../../support/token-fixture.ts'

const fixture = createDecisionFixture()
const { request } = signMessage(fixture, 'ed25519', { body: { kind: 'absent' }, method: 'GET' })
const HEADERS = request.headers
  .map(({ name, value }) => `${name}: ${Buffer.from(value).toString('latin1')}\n`)
  .join('')

describe('request verify --offline', () => {
  let folder: string
  const at = (name: string) => join(folder, name)
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'chancery-offline-'))
    const pem = (name: string, label: string, ...ders: readonly Uint8Array[]) =>
      writeFileSync(at(name), encodePem(label, ders))
    pem('bundle.pem', 'CERTIFICATE', fixture.root, fixture.issuing)
    pem('issuing.pem', 'CERTIFICATE', fixture.issuing)
    pem('lists.pem', 'X509 CRL', rootList(fixture), issuingList(fixture))
    pem('revoked.pem', 'X509 CRL', rootList(fixture), issuingList(fixture, revoking(SERIAL.ed25519)))
    writeFileSync(at('issuing.crl'), issuingList(fixture))
    const noToken = revoking(tokenStandIn('token-1'), 'unspecified')
    pem('token-revoked.pem', 'X509 CRL', rootList(fixture), issuingList(fixture, noToken))
    const locked = revoking(clientStandIn('alice'), 'certificateHold')
    pem('client-locked.pem', 'X509 CRL', rootList(fixture), issuingList(fixture, locked))
    writeFileSync(at('jwks.json'), JSON.stringify(fixtureJwks(fixture.keys)))
    pem('client.pem', 'CERTIFICATE', fixture.client('ed25519'), fixture.issuing)
    pem('forged.pem', 'X509 CRL', issuingList(fixture, { signer: fixture.keys.stranger }))
    mkdirSync(at('identity'))
    pem('identity/ca.pem', 'CERTIFICATE', fixture.root)
    pem('identity/cert.pem', 'CERTIFICATE', fixture.client('p256'), fixture.issuing)
  })
  after(() => rmSync(folder, { recursive: true }))

  const verify = (more: readonly string[], now = FIXTURE_NOW, stdin = HEADERS) =>
    runCommand(
      [
        ...['request', 'verify', '--offline', '--url', 'https://bob.example:8443/users/7?full=1'],
        ...['--require-scope', 'bob.user.read', '--trust-domain', 'chancery.example', ...more],
      ],
      fakeCliIo({ stdin, now }),
    )
  const bundle = () => ['--bundle', at('bundle.pem')]
  const good = () => [...bundle(), '--crl', at('lists.pem')]

  it('allows a good request, and says that nonces and the record of issuance were not checked', async () => {
    const { exitCode, output, errors } = await verify([...good(), '--explain'])
    assert.equal(exitCode, EXIT.yes, errors)
    assert.match(output, /decision +ALLOW/)
    assert.match(output, /replay +skipped/)
    assert.match(errors, /used before was not checked/)
    assert.match(errors, /on record at the service only/)
    assert.doesNotMatch(errors, /crl fetch/)
  })

  it('denies with exit code 10 what is revoked', async () => {
    const { exitCode, output } = await verify([...bundle(), '--crl', at('revoked.pem'), '-o', 'json'])
    assert.equal(exitCode, EXIT.no)
    assert.equal(
      (JSON.parse(output) as { deny_reason: string }).deny_reason,
      'DENY_REASON_CERTIFICATE_REVOKED',
    )
  })

  it('decides as of the instant that is given', async () => {
    const then = ['--at', FIXTURE_NOW.toISOString()]
    assert.equal((await verify([...good(), ...then], hoursAfter(2))).exitCode, EXIT.yes)
    const late = await verify(good(), hoursAfter(2))
    assert.equal(late.exitCode, EXIT.no)
    assert.match(late.output, /SIGNATURE_EXPIRED/)
  })

  it('goes by the age window and the clock skew of the service that are given', async () => {
    const late = new Date(FIXTURE_NOW.getTime() + 20_000)
    const early = new Date(FIXTURE_NOW.getTime() - 45_000)
    assert.equal((await verify(good(), late)).exitCode, EXIT.yes)
    assert.match((await verify([...good(), '--age-window-seconds', '10'], late)).output, /SIGNATURE_EXPIRED/)
    assert.match((await verify(good(), early)).output, /SIGNATURE_NOT_YET_VALID/)
    assert.equal((await verify([...good(), '--clock-skew-seconds', '45'], early)).exitCode, EXIT.yes)
  })

  it('takes an identity folder for a bundle, and lists from several files in PEM or DER', async () => {
    writeFileSync(at('root.crl'), rootList(fixture))
    const lists = ['--crl', at('root.crl'), '--crl', at('issuing.crl')]
    assert.equal((await verify(['--bundle', at('identity'), ...lists])).exitCode, EXIT.yes)
    assert.equal((await verify(['--identity', at('identity'), ...lists])).exitCode, EXIT.yes)
  })

  it('says which lists are missing, and what to do', async () => {
    const { exitCode, output, errors } = await verify([...bundle(), '--crl', at('issuing.crl')])
    assert.equal(exitCode, EXIT.no)
    assert.match(output, /REVOCATION_UNKNOWN/)
    assert.match(errors, /no revocation list of Root\. .*chancery crl fetch/)
  })

  it('says which lists have ended, also while they are still relied on', async () => {
    const { errors } = await verify([...good(), '--at', hoursAfter(12.5).toISOString()])
    assert.match(
      errors,
      /The list of Issuing ended at 2026-06-02T00:00:00Z \(30 min ago\)\. .*chancery crl fetch/,
    )
  })

  it('says which lists do not count, and why', async () => {
    const { exitCode, output, errors } = await verify([...good().slice(0, 2), '--crl', at('forged.pem')])
    assert.equal(exitCode, EXIT.no)
    assert.match(output, /CRL_INVALID/)
    assert.match(errors, /forged\.pem does not count: .*\(crl\.signature\)/)
  })

  it('refuses what cannot be meant', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /--bundle FILE or --identity DIR/],
      [[...good(), '--at', 'noon'], /Write an instant/],
    ]
    for (const [more, message] of cases) {
      const { exitCode, errors } = await verify(more)
      assert.equal(exitCode, EXIT.usage, errors)
      assert.match(errors, message)
    }
    assert.match((await verify([...good(), '--require-scope', 'Bob'])).errors, /SCOPE_MALFORMED/)
    const rootless = await verify(['--bundle', at('issuing.pem')])
    assert.match(rootless.errors, /no root certificate/)
    const url = ['request', 'verify', '--url', 'https://bob.example/', '--header', 'A: b']
    const online = await runCommand([...url, '--crl', at('lists.pem')])
    assert.equal(online.exitCode, EXIT.usage)
    assert.match(online.errors, /Add --offline/)
    const unnamed = await runCommand([...url, '--offline', ...good()])
    assert.match(unnamed.errors, /Give --trust-domain/)
  })

  describe('with a token', () => {
    const keys = () => ['--jwks', at('jwks.json'), '--issuer', FIXTURE_ISSUER]
    const judge = (token: string, more: readonly string[] = [...good(), ...keys()], now = FIXTURE_NOW) =>
      verify(more, now, `Authorization: Bearer ${token}\n`)
    const denial = async (...given: Parameters<typeof judge>) => {
      const { exitCode, output, errors } = await judge(...given)
      assert.equal(exitCode, EXIT.no, errors)
      return /^reason +(\S+)/m.exec(output)?.[1]
    }

    it('allows a good one, of which only the lists and the keys are asked', async () => {
      const { exitCode, output, errors } = await judge(signToken(fixture.keys), [
        ...good(),
        ...keys(),
        '--explain',
      ])
      assert.equal(exitCode, EXIT.yes, errors)
      assert.match(output, /token\.signature +passed/)
      assert.equal(errors, '')
    })

    it('takes the issuer of a service without a public URL where none is given', async () => {
      const token = signToken(fixture.keys, { claims: { iss: FIXTURE_AUDIENCE } })
      const own = [...good(), '--jwks', at('jwks.json')]
      assert.equal((await judge(token, own)).exitCode, EXIT.yes)
      assert.equal(await denial(signToken(fixture.keys), own), 'TOKEN_ISSUER_UNKNOWN')
    })

    it('denies one that is revoked, or whose client is locked, by the lists', async () => {
      const by = (list: string) => [...bundle(), '--crl', at(list), ...keys()]
      assert.equal(await denial(signToken(fixture.keys), by('token-revoked.pem')), 'TOKEN_REVOKED')
      assert.equal(await denial(signToken(fixture.keys), by('client-locked.pem')), 'CLIENT_LOCKED')
      assert.equal(await denial(signToken(fixture.keys), [...bundle(), ...keys()]), 'REVOCATION_UNKNOWN')
    })

    it('denies one that ended, and one that another key signed', async () => {
      const late = new Date(FIXTURE_NOW.getTime() + 300_000)
      assert.equal(await denial(signToken(fixture.keys), undefined, late), 'TOKEN_EXPIRED')
      const forged = signToken(fixture.keys, { signer: fixture.keys.stranger })
      assert.equal(await denial(forged), 'TOKEN_SIGNATURE_INVALID')
    })

    it('lets one that is bound to a certificate pass beside that one only', async () => {
      const token = signToken(fixture.keys, { claims: boundTo(fixture.client('ed25519')) })
      const beside = (...names: string[]) => [
        ...good(),
        ...keys(),
        ...names.flatMap((name) => ['--certificate', at(name)]),
      ]
      assert.equal((await judge(token, beside('client.pem'))).exitCode, EXIT.yes)
      assert.equal(await denial(token, beside()), 'TOKEN_BINDING_MISMATCH')
      assert.equal(await denial(token, beside('identity/cert.pem')), 'TOKEN_BINDING_MISMATCH')
    })

    it('says where to get the keys when there are none, and what else cannot be meant', async () => {
      const { exitCode, errors } = await judge(signToken(fixture.keys), good())
      assert.equal(exitCode, EXIT.no)
      assert.match(errors, /no keys to check the token with\. .*jwks\.json .*--jwks FILE/)
      const unread = await judge(signToken(fixture.keys), [...good(), '--jwks', at('lists.pem')])
      assert.match(unread.errors, /lists\.pem holds no JWK set/)
      const signed = await verify([...good(), '--certificate', at('client.pem')])
      assert.equal(signed.exitCode, EXIT.usage)
      assert.match(signed.errors, /--certificate goes with a token/)
    })
  })
})
