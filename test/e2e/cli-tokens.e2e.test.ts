import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { EXIT } from '../../src/cli/exit-code.ts'
import { type CliService, startCliService } from '../support/cli-service.ts'
import { fakeCliIo } from '../support/fake-cli-io.ts'

describe('the verbs about tokens', () => {
  let folder: string
  let cli: CliService
  const at = (name: string) => join(folder, name)

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chancery-tokens-'))
    cli = await startCliService(folder)
    await cli.json(['client', 'add', 'alice', '--scope', 'bob.user.read'])
    await cli.json(['cert', 'issue', 'alice', '--out', at('alice')])
  })
  after(async () => {
    await cli.service.close()
    rmSync(folder, { recursive: true })
  })

  /** A token of alice's in a file. */
  async function issue(): Promise<{ file: string; id: string; expires: string }> {
    const issued = await cli.json(['token', 'issue', '--identity', at('alice'), '--unbound'])
    const { token, token_id: id, expires_at: expires } = issued as Record<string, string>
    writeFileSync(at(id!), `${token}\n`)
    return { file: at(id!), id: id!, expires: expires! }
  }

  it('revoke a token from a file, from standard input and by its id, and say where it stands', async () => {
    const [first, second, third] = [await issue(), await issue(), await issue()]
    const own = await cli.run(['token', 'revoke', first.file, '--identity', at('alice')])
    assert.match(own.output, new RegExp(`^${first.id} is revoked; in the lists from [0-9]+ on\\n$`))
    const again = await cli.run(['token', 'revoke', first.file])
    assert.match(again.output, /was revoked before/)
    const io = fakeCliIo({ stdin: readFileSync(second.file, 'utf8'), now: new Date() })
    assert.equal((await cli.run(['token', 'revoke', '-', '--identity', at('alice')], io)).exitCode, EXIT.yes)
    const byId = await cli.json(['token', 'revoke', '--id', third.id, '--expires', third.expires])
    const { status, crl_number: number } = byId as { status: string; crl_number: number | string }
    assert.match(status, /REVOKED$/)
    const past = await cli.run(['token', 'revoke', '--id', 'old', '--expires', '2020-01-01T00:00:00Z'])
    assert.match(past.output, /is expired/)

    const list = ['--authority', 'issuing-1', '--at-least', String(number), '--out', at('list.crl')]
    const fetched = await cli.run(['crl', 'fetch', ...list])
    assert.equal(fetched.exitCode, EXIT.yes, fetched.errors)
    const inspected = await cli.json(['crl', 'inspect', at('list.crl')])
    const named = (inspected as { entries: { names: string; reason: string | null }[] }[])[0]!.entries
    assert.deepEqual(
      named.map(({ names, reason }) => [names, reason]),
      Array(3).fill(['token', null]),
    )
  })

  it('refuse what is no token, what is not the own, and a question without one', async () => {
    const { file, id } = await issue()
    const stranger = await cli.run(['token', 'revoke', '--id', id, '--identity', at('alice')])
    assert.equal(stranger.exitCode, EXIT.notAllowed)
    writeFileSync(at('garbage'), 'x.y.z')
    assert.equal((await cli.run(['token', 'revoke', at('garbage')])).exitCode, EXIT.usage)
    for (const more of [[], [file, '--id', id], [file, '--expires', '2030-01-01T00:00:00Z']])
      assert.equal((await cli.run(['token', 'revoke', ...more])).exitCode, EXIT.usage)
  })

  it('decides a request with a token by the service, and without it from what was fetched, alike', async () => {
    await cli.json(['client', 'add', 'bob', '--scope', 'chancery.requests.verify'])
    await cli.json(['cert', 'issue', 'bob', '--out', at('bob')])
    const bound = (await cli.json(['token', 'issue', '--identity', at('alice')])) as { token: string }
    writeFileSync(at('headers'), `Authorization: Bearer ${bound.token}\n`)
    writeFileSync(
      at('jwks.json'),
      await (await fetch(`http://${cli.service.httpAddress}/.well-known/jwks.json`)).text(),
    )
    assert.equal((await cli.run(['authority', 'export', '--out', at('bundle.pem')])).exitCode, EXIT.yes)
    const ask = (...more: readonly string[]) => {
      const request = [
        '--url',
        'https://bob.example/',
        '--headers',
        at('headers'),
        '--require-scope',
        'bob.user.read',
      ]
      return cli.run(['request', 'verify', '--identity', at('bob'), ...request, ...more])
    }
    const fetchLists = async (...more: readonly string[]) => {
      const fetched = await cli.run(['crl', 'fetch', ...more])
      assert.equal(fetched.exitCode, EXIT.yes, fetched.errors)
    }
    const lists = ['root.crl', 'issuing.crl'].flatMap((name) => ['--crl', at(name)])
    const files = ['--offline', '--bundle', at('bundle.pem'), ...lists, '--jwks', at('jwks.json')]
    const both = async (...more: readonly string[]) => {
      const reasons = []
      for (const { exitCode, output, errors } of [await ask(...more), await ask(...more, ...files)]) {
        assert.ok(exitCode === EXIT.yes || exitCode === EXIT.no, errors)
        reasons.push(/^(?:reason|decision) +([A-Z_]{6,}|ALLOW)/m.exec(output)?.[1] ?? output)
      }
      return reasons
    }
    await fetchLists('--authority', 'root', '--out', at('root.crl'))
    await fetchLists('--authority', 'issuing-1', '--out', at('issuing.crl'))
    const certificate = ['--certificate', join(at('alice'), 'cert.pem')]
    assert.deepEqual(await both(...certificate), ['ALLOW', 'ALLOW'])
    assert.deepEqual(await both(), ['TOKEN_BINDING_MISMATCH', 'TOKEN_BINDING_MISMATCH'])
    writeFileSync(at('token'), bound.token)
    const revoked = (await cli.json(['token', 'revoke', at('token')])) as { crl_number: string }
    await fetchLists(
      ...['--authority', 'issuing-1', '--at-least', revoked.crl_number, '--out', at('issuing.crl')],
    )
    assert.deepEqual(await both(...certificate), ['TOKEN_REVOKED', 'TOKEN_REVOKED'])
  })
})
