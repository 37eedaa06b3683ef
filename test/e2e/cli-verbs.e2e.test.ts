import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { lockFolder } from '../../src/files/lock-folder.ts'
import { EXIT } from '../../src/cli/exit-code.ts'
import { type CliService, runCommand, startCliService } from '../support/cli-service.ts'
import { fakeCliIo } from '../support/fake-cli-io.ts'

const URL_OF_BOB = 'https://bob.example/users/7?full=1'

describe('the verbs against a running service', () => {
  let folder: string
  let cli: CliService
  const at = (name: string) => join(folder, name)

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chancery-cli-'))
    cli = await startCliService(folder)
    const add = (id: string, ...scopes: readonly string[]) =>
      cli.json(['client', 'add', id, ...scopes.flatMap((scope) => ['--scope', scope])])
    await add('alice', 'bob.user.read', 'bob.user.write')
    await add('bob', 'chancery.requests.verify', 'chancery.crl.read')
    await cli.json(['cert', 'issue', 'alice', '--out', at('alice')])
    await cli.json(['cert', 'issue', 'bob', '--out', at('bob')])
  })
  after(async () => {
    await cli.service.close()
    rmSync(folder, { recursive: true })
  })

  /** Headers of a request that an identity signed. */
  async function sign(identity: string, ...more: readonly string[]): Promise<string> {
    const signed = await runCommand(['request', 'sign', '--identity', identity, '--url', URL_OF_BOB, ...more])
    assert.equal(signed.exitCode, EXIT.yes, signed.errors)
    return signed.output
  }

  function verify(headers: string, ...more: readonly string[]) {
    const io = fakeCliIo({ stdin: headers, now: new Date() })
    return cli.run(['request', 'verify', '--identity', at('bob'), '--url', URL_OF_BOB, ...more], io)
  }

  it('writes identities that only their owner may read, with a key that never left', () => {
    assert.equal(statSync(at('alice')).mode & 0o777, 0o700)
    assert.equal(statSync(join(at('alice'), 'key.pem')).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(at('alice')).sort(), ['ca.pem', 'cert.pem', 'key.pem'])
  })

  for (const profile of ['rfc9421', 'simple']) {
    it(`allows what alice signed and denies it on replay with exit code 10 (${profile})`, async () => {
      const headers = await sign(at('alice'), '--profile', profile)
      assert.equal(headers.includes('Signature-Input: '), profile === 'rfc9421')
      const allowed = await verify(headers, '--require-scope', 'bob.user.read', '--explain')
      assert.equal(allowed.exitCode, EXIT.yes, allowed.errors + allowed.output)
      assert.match(allowed.output, /^decision +ALLOW$/m)
      const replayed = await verify(headers, '--require-scope', 'bob.user.read')
      assert.equal(replayed.exitCode, EXIT.no)
      assert.match(replayed.output, /^reason +NONCE_REPLAYED$/m)
    })
  }

  it('denies a missing scope, a changed body and a changed method, each with its reason', async () => {
    const cases = [
      { more: ['--require-scope', 'bob.user.delete'], reason: 'SCOPE_INSUFFICIENT' },
      { more: ['--data', 'other'], reason: 'DIGEST_MISMATCH' },
      { more: ['--data', 'other'], reason: 'SIGNATURE_INVALID', profile: 'simple' },
      { more: ['--data', 'body', '--method', 'PUT'], reason: 'SIGNATURE_INVALID' },
    ]
    for (const { more, reason, profile = 'rfc9421' } of cases) {
      const headers = await sign(at('alice'), '--method', 'POST', '--data', 'body', '--profile', profile)
      const denied = await verify(
        headers,
        '--method',
        'POST',
        ...(more.includes('--data') ? [] : ['--data', 'body']),
        ...more,
      )
      assert.equal(denied.exitCode, EXIT.no, denied.errors)
      assert.match(denied.output, new RegExp(`^reason +${reason}$`, 'm'))
    }
  })

  it('prints a decision as JSON with the names of the proto', async () => {
    const denied = await verify('', '-o', 'json')
    assert.equal(denied.exitCode, EXIT.no)
    const { decision, deny_reason: reason } = JSON.parse(denied.output) as Record<string, unknown>
    assert.deepEqual(
      { decision, reason },
      { decision: 'DECISION_DENY', reason: 'DENY_REASON_CREDENTIAL_MISSING' },
    )
  })

  it('lists the authorities as an array with ids, the root first', async () => {
    const authorities = (await cli.json(['authority', 'list'])) as readonly { id: string; role: string }[]
    assert.deepEqual(
      authorities.map(({ id, role }) => [id, role]),
      [
        ['root', 'AUTHORITY_ROLE_ROOT'],
        ['issuing-1', 'AUTHORITY_ROLE_ISSUING'],
      ],
    )
  })

  it('says that no verifier has reported, and what to look at, where a table would be empty', async () => {
    const { exitCode, output } = await cli.run(['authority', 'status'])
    assert.equal(exitCode, EXIT.yes)
    assert.match(output, /^No verifier has reported/)
    assert.match(output, /chancery crl watch/)
    assert.doesNotMatch(output, /LAST SEEN/)
    assert.deepEqual(await cli.json(['authority', 'status']), { verifiers: [] })
  })

  it('bounds the scopes in a table of clients, and lists all of them in JSON', async () => {
    const scopes = Array.from({ length: 200 }, (_, i) => `many.scope-${100 + i}.read`)
    await cli.json(['client', 'add', 'plenty', ...scopes.flatMap((scope) => ['--scope', scope])])
    const { output } = await cli.run(['client', 'list'])
    assert.match(output, /^plenty +active +many\.scope-100\.read many\.scope-101\.read \+198 /m)
    assert.match(output, /^alice +active +bob\.user\.read bob\.user\.write /m)
    for (const line of output.split('\n')) assert.ok(line.length < 120, line)
    const clients = (await cli.json(['client', 'list'])) as { client_id: string; granted_scopes: string[] }[]
    assert.deepEqual(clients.find(({ client_id }) => client_id === 'plenty')!.granted_scopes, scopes)
    await cli.json(['client', 'remove', 'plenty', '--yes'])
  })

  it('renews with key and certificate swapped as a pair, and keeps the scopes', async () => {
    await cli.json(['cert', 'issue', 'alice', '--out', at('renewing'), '--scope', 'bob.user.read'])
    const before = readFileSync(join(at('renewing'), 'key.pem'))
    const renewed = (await cli.json(['cert', 'renew', '--identity', at('renewing')])) as {
      granted_scopes: string[]
    }
    assert.deepEqual(renewed.granted_scopes, ['bob.user.read'])
    assert.notDeepEqual(readFileSync(join(at('renewing'), 'key.pem')), before)
    assert.deepEqual(readdirSync(at('renewing')).sort(), ['ca.pem', 'cert.pem', 'key.pem'])
    assert.equal((await verify(await sign(at('renewing')))).exitCode, EXIT.yes)
  })

  it('renews a certificate without scopes without scopes, though its client is granted some by now', async () => {
    await cli.json(['client', 'add', 'watcher'])
    await cli.json(['cert', 'issue', 'watcher', '--out', at('watching')])
    await cli.json(['client', 'set-scopes', 'watcher', '--scope', 'bob.user.read'])
    const renewed = (await cli.json(['cert', 'renew', '--identity', at('watching')])) as {
      granted_scopes?: string[]
    }
    assert.deepEqual(renewed.granted_scopes ?? [], [])
  })

  it('finishes a swap that a crash cut short between certificate and key', async () => {
    await cli.json(['cert', 'issue', 'alice', '--out', at('old')])
    await cli.json(['cert', 'issue', 'alice', '--out', at('new')])
    // As it lies on the disk when the certificate was moved into place and the key was not.
    mkdirSync(join(at('old'), '.next'), { mode: 0o700 })
    writeFileSync(join(at('old'), 'cert.pem'), readFileSync(join(at('new'), 'cert.pem')))
    writeFileSync(join(at('old'), '.next', 'key.pem'), readFileSync(join(at('new'), 'key.pem')), {
      mode: 0o600,
    })
    assert.equal((await verify(await sign(at('old')))).exitCode, EXIT.yes)
    assert.deepEqual(readdirSync(at('old')).sort(), ['ca.pem', 'cert.pem', 'key.pem'])
  })

  it('overwrites no identity without --force, and issues nothing then', async () => {
    const count = async () => ((await cli.json(['cert', 'list', '--client', 'alice'])) as unknown[]).length
    const issued = await count()
    const refused = await cli.run(['cert', 'issue', 'alice', '--out', at('alice')])
    assert.equal(refused.exitCode, EXIT.failure)
    assert.equal(await count(), issued)
    await cli.json(['cert', 'issue', 'alice', '--out', at('forced')])
    await cli.json(['cert', 'issue', 'alice', '--out', at('forced'), '--force', '--key-type', 'ed25519'])
    assert.match(
      (await runCommand(['cert', 'inspect', join(at('forced'), 'cert.pem')])).output,
      /^key +ed25519$/m,
    )
  })

  for (const type of ['p256', 'p384', 'ed25519', 'rsa2048']) {
    it(`makes, uses and exports a ${type} identity`, async () => {
      const directory = at(`key-${type}`)
      await cli.json(['cert', 'issue', 'alice', '--out', directory, '--key-type', type])
      assert.equal((await verify(await sign(directory))).exitCode, EXIT.yes)
      const pfx = at(`${type}.p12`)
      const io = fakeCliIo({ stdin: 'correct horse\n' })
      const exported = await runCommand(
        ['cert', 'export', '--identity', directory, '--pfx', pfx, '--password-file', '-'],
        io,
      )
      assert.equal(exported.exitCode, EXIT.yes, exported.errors)
      assert.equal(statSync(pfx).mode & 0o777, 0o600)
    })
  }

  it('certifies a request that openssl made, and writes no key', async (t) => {
    const key = at('own.pem')
    const csr = at('own.csr')
    const made = spawnSync('openssl', [
      ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-subj', '/CN=alice', '-keyout', key, '-out', csr],
    ])
    if (made.error !== undefined && process.env['CHANCERY_REQUIRE_TOOLS'] !== '1') {
      t.skip('openssl is not installed')
      return
    }
    await cli.json(['cert', 'issue', 'alice', '--out', at('from-csr'), '--csr', csr])
    assert.deepEqual(readdirSync(at('from-csr')).sort(), ['ca.pem', 'cert.pem'])
    await cli.json(['cert', 'issue', 'alice', '--out', at('from-key'), '--key', key])
    assert.equal((await verify(await sign(at('from-key')))).exitCode, EXIT.yes)
  })

  it('decides without the service from what it fetched, as the service would', async () => {
    await cli.json(['cert', 'issue', 'alice', '--out', at('offline')])
    const issued = new X509Certificate(readFileSync(join(at('offline'), 'cert.pem')))
    const headers = await sign(at('offline'))
    const decide = () => {
      const offline = ['--offline', '--bundle', at('all.pem'), '--crl', at('all.crl.pem')]
      const asked = ['request', 'verify', '--url', URL_OF_BOB, '--require-scope', 'bob.user.read', ...offline]
      return runCommand(asked, fakeCliIo({ stdin: headers, now: new Date() }))
    }
    await cli.run(['authority', 'export', '--out', at('all.pem')])
    await cli.json(['crl', 'fetch', '--out', at('all.crl.pem')])
    const allowed = await decide()
    assert.equal(allowed.exitCode, EXIT.yes, allowed.errors)
    assert.match(allowed.errors, /used before was not checked/)
    assert.equal((await verify(headers)).exitCode, EXIT.yes)

    const serial = issued.serialNumber.toLowerCase().replace(/^0+/, '')
    const { crl_number: number } = (await cli.json(['cert', 'revoke', serial])) as { crl_number: number }
    const one = ['--authority', 'issuing-1', '--at-least', String(number), '--out', at('issuing.crl.pem')]
    await cli.json(['crl', 'fetch', ...one])
    await cli.json(['crl', 'fetch', '--out', at('all.crl.pem')])
    const denied = await decide()
    assert.equal(denied.exitCode, EXIT.no, denied.errors)
    assert.match(denied.output, /CERTIFICATE_REVOKED/)
  })

  it('fetches lists, checks their signatures, and shows a revocation in them', async () => {
    await cli.json(['cert', 'issue', 'alice', '--out', at('doomed')])
    const { serialNumber } = new X509Certificate(readFileSync(join(at('doomed'), 'cert.pem')))
    const serial = serialNumber.toLowerCase().replace(/^0+/, '')
    const revoked = (await cli.json(['cert', 'revoke', serial, '--reason', 'keyCompromise'])) as {
      crl_number: number
    }
    assert.ok(revoked.crl_number > 1)
    const fetch = ['crl', 'fetch', '--identity', at('bob'), '--out', at('crl.pem')]
    await cli.json([...fetch, '--authority', 'issuing-1', '--at-least', String(revoked.crl_number)])
    await cli.run(['authority', 'export', '--out', at('bundle.pem')])
    const shown = await runCommand(['crl', 'inspect', at('crl.pem'), '--ca', at('bundle.pem')])
    assert.equal(shown.exitCode, EXIT.yes, shown.errors)
    assert.match(shown.output, new RegExp(`^${serialNumber.toLowerCase()} .* keyCompromise`, 'm'))
    const denied = await verify(await sign(at('doomed')))
    assert.equal(denied.exitCode, EXIT.no)
    assert.match(denied.output, /^reason +CERTIFICATE_REVOKED$/m)
    // Its own call is refused as well, and says why.
    const refused = await cli.run(['cert', 'renew', '--identity', at('doomed')])
    assert.equal(refused.exitCode, EXIT.notAllowed)
    assert.match(refused.errors, /\[CALLER_REVOKED\]/)
  })

  it('revokes what carries a scope that a client loses, and says which', async () => {
    await cli.json(['client', 'add', 'eve', '--scope', 'bob.user.read', '--scope', 'bob.user.write'])
    await cli.json(['cert', 'issue', 'eve', '--out', at('eve')])
    const set = (await cli.json(['client', 'set-scopes', 'eve', '--scope', 'bob.user.read'])) as {
      revoked_serial_numbers: string[]
    }
    assert.equal(set.revoked_serial_numbers.length, 1)
    assert.equal((await verify(await sign(at('eve')))).exitCode, EXIT.no)
  })

  it('refuses more than one revocation without the expected count', async () => {
    await cli.json(['client', 'add', 'many'])
    await cli.json(['cert', 'issue', 'many', '--out', at('many-1')])
    await cli.json(['cert', 'issue', 'many', '--out', at('many-2')])
    const wrong = await cli.run(['cert', 'revoke', '--client', 'many', '--expected-count', '5'])
    assert.equal(wrong.exitCode, EXIT.failure)
    assert.match(wrong.errors, /\[COUNT_MISMATCH\]/)
    const would = (await cli.json(['cert', 'revoke', '--client', 'many', '--dry-run'])) as {
      revoked_count: number
    }
    assert.equal(would.revoked_count, 2)
    await cli.json(['cert', 'revoke', '--client', 'many', '--expected-count', '2'])
  })

  it('locks and unlocks a client', async () => {
    await cli.json(['client', 'lock', 'alice', '--message', 'laptop lost'])
    const denied = await verify(await sign(at('alice')))
    assert.match(denied.output, /^reason +CERTIFICATE_REVOKED$/m)
    assert.match(denied.output, /certificateHold.*Its client is locked/)
    await cli.json(['client', 'unlock', 'alice'])
    assert.equal((await verify(await sign(at('alice')))).exitCode, EXIT.yes)
  })

  it('puts a certificate on hold and lifts it, and says why another revocation cannot be lifted', async () => {
    await cli.json(['cert', 'issue', 'alice', '--out', at('held')])
    const certificate = join(at('held'), 'cert.pem')
    await cli.json(['cert', 'revoke', certificate, '--reason', 'certificateHold'])
    assert.match((await verify(await sign(at('held')))).output, /^reason +CERTIFICATE_REVOKED$/m)
    const lifted = await cli.run(['cert', 'unrevoke', certificate])
    assert.equal(lifted.exitCode, EXIT.yes, lifted.errors)
    assert.match(lifted.output, /^released +[0-9a-f]+$/m)
    assert.equal((await verify(await sign(at('held')))).exitCode, EXIT.yes)
    await cli.json(['cert', 'revoke', certificate, '--reason', 'superseded'])
    const refused = await cli.run(['cert', 'unrevoke', certificate])
    assert.equal(refused.exitCode, EXIT.failure)
    assert.match(refused.errors, /superseded, which is final.*\[NOT_ON_HOLD\]/s)
    const own = await cli.run(['cert', 'unrevoke', certificate, '--identity', at('alice')])
    assert.equal(own.exitCode, EXIT.notAllowed)
  })

  it('lets whoever found the key of a certificate revoke it, with an identity of their own', async () => {
    await cli.json(['cert', 'issue', 'alice', '--out', at('lost'), '--key-type', 'ed25519'])
    const [certificate, key] = [join(at('lost'), 'cert.pem'), join(at('lost'), 'key.pem')]
    const report = ['cert', 'revoke', certificate, '--reason', 'keyCompromise', '--identity', at('bob')]
    const unproved = await cli.run(report)
    assert.equal(unproved.exitCode, EXIT.notAllowed)
    const wrong = await cli.run([...report, '--prove-with', join(at('bob'), 'key.pem')])
    assert.match(wrong.errors, /\[REVOCATION_PROOF_INVALID\]/)
    const serial = await cli.run(['cert', 'revoke', 'abcd', '--prove-with', key])
    assert.equal(serial.exitCode, EXIT.usage)
    const done = await cli.run([...report, '--prove-with', key])
    assert.equal(done.exitCode, EXIT.yes, done.errors)
    assert.match(done.output, / revoked /)
    assert.match((await verify(await sign(at('lost')))).output, /^reason +CERTIFICATE_REVOKED$/m)
  })

  it('removes a client for good, after asking', async () => {
    await cli.json(['client', 'add', 'gone', '--scope', 'bob.user.read'])
    await cli.json(['cert', 'issue', 'gone', '--out', at('gone')])
    const unasked = await cli.run(['client', 'remove', 'gone'])
    assert.equal(unasked.exitCode, EXIT.usage)
    assert.match(unasked.errors, /--yes/)
    const terminal = (answer: string) => fakeCliIo({ now: new Date(), stdin: answer, terminal: true })
    for (const answer of ['n\n', 'yesterday\n', '']) {
      const refused = await cli.run(['client', 'remove', 'gone'], terminal(answer))
      assert.equal(refused.exitCode, EXIT.usage)
      assert.match(refused.errors, /Remove gone for good and revoke 1 certificate\?/)
    }
    const planned = await cli.run(['client', 'remove', 'gone', '--dry-run'])
    assert.match(planned.output, /^would revoke +[0-9a-f]+$/m)
    assert.equal((await verify(await sign(at('gone')))).exitCode, EXIT.yes)
    const removed = await cli.run(['client', 'remove', 'gone'], terminal('y\n'))
    assert.equal(removed.exitCode, EXIT.yes, removed.errors)
    assert.match(removed.output, /^revoked +[0-9a-f]+$/m)
    assert.match((await verify(await sign(at('gone')))).output, /^reason +CERTIFICATE_REVOKED$/m)
    const again = await cli.run(['client', 'add', 'gone'])
    assert.match(again.errors, /\[CLIENT_REMOVED\]/)
    await cli.json(['client', 'add', 'brief'])
    const brief = (await cli.json(['client', 'remove', 'brief', '--yes'])) as {
      client: { client_id: string }
    }
    assert.equal(brief.client.client_id, 'brief')
  })

  it('watches the stream until it is interrupted, one line for each list and delta', async () => {
    const stop = new AbortController()
    const io = fakeCliIo({ now: new Date(), signal: stop.signal })
    // The second list of the issuing authority ends the watch: no clock is needed.
    const lists = () =>
      io
        .output()
        .split('\n')
        .filter((line) => /issuing-1 {2}(list|delta)/.test(line)).length
    io.stdout.on('finish', () => undefined)
    const watching = cli.run(['crl', 'watch', '--identity', at('bob'), '--out', at('watched.pem')], io)
    const write = io.stdout.write.bind(io.stdout)
    let revoked: Promise<unknown> | undefined
    io.stdout.write = ((chunk: string) => {
      const done = write(chunk)
      if (lists() === 1) {
        revoked ??= cli
          .json(['cert', 'issue', 'alice', '--out', at('watched')])
          .then(() => cli.json(['cert', 'revoke', join(at('watched'), 'cert.pem')]))
      }
      if (lists() >= 2) stop.abort()
      return done
    }) as typeof io.stdout.write
    const { exitCode, errors } = await watching
    await revoked
    assert.equal(exitCode, EXIT.yes, errors)
    const bundle = readFileSync(at('watched.pem'), 'utf8')
    assert.equal(bundle.match(/BEGIN X509 CRL/g)?.length, 2)
  })

  it('reports the lists that a watch is at, under the name that it is given', async () => {
    const stop = new AbortController()
    const io = fakeCliIo({ now: new Date(), signal: stop.signal })
    const watch = ['crl', 'watch', '--identity', at('bob'), '--report-as', 'edge-1', '--state', at('noted')]
    const watching = cli.run(watch, io)
    interface Verifier {
      client_id: string
      verifier_id: string
      positions: { lag: string; authority: string }[]
    }
    let found: Verifier | undefined
    for (let asked = 0; found === undefined && asked < 1000; asked++) {
      const { verifiers } = (await cli.json(['authority', 'status'])) as { verifiers: Verifier[] }
      found = verifiers.find(({ verifier_id }) => verifier_id === 'edge-1')
    }
    const { output } = await cli.run(['authority', 'status'])
    stop.abort()
    assert.equal((await watching).exitCode, EXIT.yes)
    assert.equal(found?.client_id, 'bob')
    assert.ok(found.positions.some(({ authority }) => authority === 'issuing-1'))
    assert.match(output, /^bob +edge-1 +issuing-1 +\d+ +\d+ /m)
    const noted = JSON.parse(readFileSync(join(at('noted'), 'authorities.json'), 'utf8')) as unknown[]
    assert.deepEqual(
      noted.map((one) => ({ ...(one as object), certificate: undefined })),
      ['root', 'issuing-1'].map((id) => ({ id, certificate: undefined, checkpoint_seconds: 10 })),
    )
  })

  it('refuses a second watch on one state folder', async () => {
    const release = await lockFolder(at('followed'))
    const watch = ['crl', 'watch', '--identity', at('bob'), '--state', at('followed'), '-o', 'json']
    const { exitCode, errors } = await cli.run(watch)
    await release()
    assert.equal(exitCode, EXIT.failure)
    assert.equal((JSON.parse(errors) as { error: { reason: string } }).error.reason, 'STATE_IN_USE')
  })

  it('tells 3, 4 and usage errors apart by what the service answers', async () => {
    const cases = [
      { argv: ['client', 'show', 'nobody'], exitCode: EXIT.notFound },
      { argv: ['cert', 'inspect', '00ff'], exitCode: EXIT.notFound },
      { argv: ['client', 'list', '--identity', at('alice')], exitCode: EXIT.notAllowed },
      { argv: ['client', 'add', 'x', '--scope', 'Not A Scope'], exitCode: EXIT.usage },
      {
        argv: ['cert', 'issue', 'alice', '--out', at('nowhere'), '--scope', 'bob.user.delete'],
        exitCode: EXIT.notAllowed,
      },
    ]
    for (const { argv, exitCode } of cases) {
      const result = await cli.run([...argv, '-o', 'json'])
      assert.equal(result.exitCode, exitCode, `${argv.join(' ')}: ${result.errors}`)
      const { error } = JSON.parse(result.errors) as {
        error: { reason: string; advice: string; exit_code: number }
      }
      assert.equal(error.exit_code, exitCode)
      assert.match(error.reason, /^[A-Z_]+$/)
      assert.notEqual(error.advice, '')
    }
  })

  it('says why no call comes through', async () => {
    const other = at('other')
    assert.equal((await runCommand(['init', '--data', other])).exitCode, EXIT.yes)
    const foreign = await cli.run(['authority', 'list', '--identity', join(other, 'identities', 'admin')])
    assert.match(foreign.errors, /comes from another authority/)
    assert.equal(foreign.exitCode, EXIT.unavailable)

    // Its roots are right and its certificate is not: the service refuses.
    const stranger = at('stranger')
    mkdirSync(stranger, { mode: 0o700 })
    for (const name of ['key.pem', 'cert.pem']) {
      writeFileSync(join(stranger, name), readFileSync(join(other, 'identities', 'admin', name)), {
        mode: 0o600,
      })
    }
    writeFileSync(join(stranger, 'ca.pem'), readFileSync(join(at('alice'), 'ca.pem')))
    const refused = await cli.run(['authority', 'list', '--identity', stranger])
    assert.equal(refused.exitCode, EXIT.notAllowed, refused.errors)

    const plain = await runCommand([
      'authority',
      'list',
      '--identity',
      at('alice'),
      '--address',
      cli.service.httpAddress,
    ])
    assert.equal(plain.exitCode, EXIT.unavailable)
    assert.match(plain.errors, /does not speak TLS/)

    const closed = await runCommand([
      'authority',
      'list',
      '--identity',
      at('alice'),
      '--address',
      '127.0.0.1:1',
    ])
    assert.equal(closed.exitCode, EXIT.unavailable)
    assert.match(closed.errors, /nothing listens there/)
  })

  it('refuses a private key that others may read', async () => {
    await cli.json(['cert', 'issue', 'alice', '--out', at('exposed')])
    chmodSync(join(at('exposed'), 'key.pem'), 0o644)
    const refused = await cli.run(['authority', 'list', '--identity', at('exposed')])
    assert.equal(refused.exitCode, EXIT.failure)
    assert.match(refused.errors, /chmod 600/)
  })

  it('backs up while the service runs, and the copy serves doctor and audit', async () => {
    const copy = at('copy')
    assert.equal((await runCommand(['backup', '--data', cli.dataDir, '--out', copy])).exitCode, EXIT.yes)
    const audit = await runCommand(['audit', 'verify', '--data', copy, '-o', 'json'])
    assert.equal(audit.exitCode, EXIT.yes, audit.errors)
    assert.ok((JSON.parse(audit.output) as { entries: number }).entries > 5)
    const doctor = [
      'doctor',
      '--data',
      copy,
      '--listen',
      '127.0.0.1:0',
      '--http',
      '127.0.0.1:0',
      '--admin',
      '127.0.0.1:0',
    ]
    const healthy = await runCommand(doctor)
    assert.doesNotMatch(healthy.output, /BAD/)
    assert.equal(healthy.exitCode, EXIT.yes, healthy.errors)
    const behind = fakeCliIo({ now: new Date(Date.now() - 3_600_000) })
    const early = await runCommand([...doctor, '-o', 'json'], behind)
    assert.equal(early.exitCode, EXIT.failure)
    const findings = JSON.parse(early.output) as { check: string; verdict: string; detail: string }[]
    const clock = findings.find(({ check }) => check === 'clock')
    assert.equal(clock?.verdict, 'bad')
    assert.match(clock.detail, /\b3\d\d\d s from now/)
    const [key] = readdirSync(join(copy, 'keys'))
    chmodSync(join(copy, 'keys', key!), 0o644)
    const ill = await runCommand(doctor)
    assert.equal(ill.exitCode, EXIT.failure)
    assert.match(ill.output, /^private files +BAD/m)
  })

  it('makes no second authority in a folder, and renews its administrator', async () => {
    assert.notEqual((await runCommand(['init', '--data', cli.dataDir])).exitCode, EXIT.yes)
    const certificate = join(cli.dataDir, 'identities', 'admin', 'cert.pem')
    const before = readFileSync(certificate)
    assert.equal((await runCommand(['init', '--data', cli.dataDir, '--renew-admin'])).exitCode, EXIT.yes)
    assert.notDeepEqual(readFileSync(certificate), before)
    assert.equal((await cli.run(['client', 'list'])).exitCode, EXIT.yes)
  })
})
