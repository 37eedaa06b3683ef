import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { EXIT } from '../../src/cli/exit-code.ts'
import { MAX_TOKEN_KEYS } from '../../src/core/token-limits.ts'
import { type CliService, runCommand, startCliService } from '../support/cli-service.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

/** As `-o json` prints it. */
interface Key {
  readonly key_id: string
  readonly algorithm: string
  readonly created_at: string
  readonly signs_from: string
  readonly signs: boolean
}

describe('the verbs about keys for tokens', () => {
  const folder = createTemporaryFolder()
  let cli: CliService

  before(async () => {
    cli = await startCliService(folder.path)
    await cli.json(['client', 'add', 'alice', '--scope', 'bob.user.read'])
    await cli.json(['cert', 'issue', 'alice', '--out', folder.file('alice')])
  })
  after(async () => {
    await cli.service.close()
    folder.remove()
  })

  const keys = async (...argv: readonly string[]) =>
    (await cli.json(['token', ...(argv.length === 0 ? ['keys'] : argv)])) as readonly Key[]
  const published = async () => {
    const answer = await fetch(`http://${cli.service.httpAddress}/.well-known/jwks.json`)
    return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
  }
  /** The rows of a table, by columns. */
  const rows = (output: string) =>
    output
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/))
  const errorOf = (errors: string) =>
    (JSON.parse(errors) as { error: { reason?: string; exit_code: number; metadata?: object } }).error

  it('list the keys as a table and as JSON, each the ones that the JWK set has', async () => {
    const [only, ...others] = await keys()
    assert.deepEqual(others, [])
    assert.deepEqual(Object.keys(only!).sort(), ['algorithm', 'created_at', 'key_id', 'signs', 'signs_from'])
    assert.deepEqual([only!.algorithm, only!.signs], ['ES256', true])
    assert.equal(only!.created_at, only!.signs_from)
    assert.deepEqual(await published(), [only!.key_id])
    const { exitCode, output, errors } = await cli.run(['token', 'keys'])
    assert.deepEqual([exitCode, errors], [EXIT.yes, ''])
    const [heading, row, ...more] = rows(output)
    assert.deepEqual(heading, ['KEY', 'ALGORITHM', 'STATE', 'MADE', 'SIGNS FROM'])
    assert.deepEqual(row!.slice(0, 3), [only!.key_id, 'ES256', 'signs'])
    assert.deepEqual(more, [])
  })

  it('list them for any caller, and let only who has the right rotate them', async () => {
    const asAlice = ['--identity', folder.file('alice')]
    assert.equal((await cli.run(['token', 'keys', ...asAlice])).exitCode, EXIT.yes)
    const before = await published()
    for (const option of [[], ['--at-once'], ['--compromised']]) {
      const refused = await cli.run(['token', 'rotate-key', ...option, ...asAlice, '-o', 'json'])
      assert.deepEqual([refused.exitCode, refused.output], [EXIT.notAllowed, ''])
      const { reason, exit_code: code, metadata } = errorOf(refused.errors)
      assert.deepEqual([reason, code], ['CALLER_NOT_ALLOWED', EXIT.notAllowed])
      assert.deepEqual(metadata, { required_scope: 'chancery.authorities.write' })
    }
    const told = await cli.run(['token', 'rotate-key', ...asAlice])
    assert.match(told.errors, /\[CALLER_NOT_ALLOWED\]/)
    assert.deepEqual(await published(), before)
  })

  it('publish the next key first, and no second one while it is on its way', async () => {
    const [first] = await keys()
    const [old, next] = await keys('rotate-key')
    assert.deepEqual([old!.key_id, old!.signs, next!.signs], [first!.key_id, true, false])
    const lead = Date.parse(next!.signs_from) - Date.parse(next!.created_at)
    assert.equal(lead, 900_000)
    assert.deepEqual(await keys('rotate-key'), await keys())
    assert.equal((await keys()).length, 2)
    const { output } = await cli.run(['token', 'rotate-key'])
    assert.deepEqual(
      rows(output).map(([, , state]) => state),
      ['STATE', 'signs', 'next'],
    )
  })

  it('have the new key sign at once, past the one that is on its way', async () => {
    const before = (await keys()).map(({ key_id: id }) => id)
    const { exitCode, output } = await cli.run(['token', 'rotate-key', '--at-once'])
    assert.equal(exitCode, EXIT.yes)
    const [, ...listed] = rows(output)
    assert.deepEqual(
      listed.map(([, , state]) => state),
      ['verifies', 'verifies', 'signs'],
    )
    assert.deepEqual(
      listed.slice(0, 2).map(([id]) => id),
      before,
    )
  })

  it('refuse both at once, what there is not, and more keys than verifiers read', async () => {
    const both = await cli.run(['token', 'rotate-key', '--at-once', '--compromised', '-o', 'json'])
    assert.deepEqual([both.exitCode, both.output], [EXIT.usage, ''])
    assert.equal(errorOf(both.errors).exit_code, EXIT.usage)
    for (const argv of [
      ['keys', 'extra'],
      ['keys', '--at-once'],
      ['rotate-key', 'extra'],
      ['rotate-key', '--force'],
    ])
      assert.equal((await cli.run(['token', ...argv])).exitCode, EXIT.usage, argv.join(' '))
    for (let count = (await keys()).length; count < MAX_TOKEN_KEYS; count++)
      await keys('rotate-key', '--at-once')
    const before = await keys()
    assert.equal(before.length, MAX_TOKEN_KEYS)
    const full = await cli.run(['token', 'rotate-key', '--at-once', '-o', 'json'])
    assert.equal(full.exitCode, EXIT.failure)
    const { reason, metadata } = errorOf(full.errors)
    assert.deepEqual([reason, metadata], ['RATE_LIMITED', { limit: 'token_keys' }])
    assert.deepEqual(await keys(), before)
  })

  it('leave one key after a compromise, also when there is no room for another', async () => {
    const before = await published()
    const [left, ...others] = await keys('rotate-key', '--compromised')
    assert.deepEqual([left!.signs, others], [true, []])
    assert.ok(!before.includes(left!.key_id))
    assert.deepEqual(await published(), [left!.key_id])
  })

  it('say that the service does not answer', async () => {
    const identity = join(cli.dataDir, 'identities', 'admin')
    for (const verb of ['keys', 'rotate-key']) {
      // The discard port: nobody listens there.
      const address = ['--address', '127.0.0.1:9', '--identity', identity]
      const { exitCode, output } = await runCommand(['token', verb, ...address])
      assert.deepEqual([exitCode, output], [EXIT.unavailable, ''], verb)
    }
  })
})
