import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { listVerbs, describeVerbs } from '../../../src/cli/command-tree.ts'
import { SHELLS, formatCompletionScript } from '../../../src/cli/completion-script.ts'
import { EXIT } from '../../../src/cli/exit-code.ts'
import { buildProgram } from '../../../src/cli/program.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { fakeCliIo } from '../../support/fake-cli-io.ts'

describe('the command line', () => {
  it('shows help with examples for every verb', async () => {
    for (const verb of listVerbs(buildProgram())) {
      const io = fakeCliIo()
      assert.equal(await runCli([...verb.split(' '), '--help'], io), EXIT.yes, verb)
      assert.match(io.output(), /Examples:\n {2}\$ chancery /, verb)
      assert.match(io.output(), /--identity <dir>/, verb)
      assert.equal(io.errors(), '', verb)
    }
  })

  const unacceptable: readonly (readonly string[])[] = [
    [],
    ['cert'],
    ['nope'],
    ['cert', 'nope'],
    ['client', 'add'],
    ['client', 'list', '--nope'],
    ['client', 'list', 'too', 'many'],
    ['-o', 'xml', 'client', 'list'],
    ['--timeout', 'soon', 'client', 'list'],
    ['cert', 'issue', 'alice', '--out', 'x', '--key-type', 'dsa'],
    ['cert', 'issue', 'alice', '--out', 'x', '--validity', '0d'],
    ['cert', 'issue', 'alice'],
    ['cert', 'issue', 'alice', '--out', 'x', '--csr', 'a', '--key', 'b'],
    ['cert', 'issue', 'alice', '--out', 'x', '--idempotency-key', 'a'],
    ['cert', 'issue', 'alice', '--out', 'x', '--key', 'b', '--idempotency-key', 'a'],
    ['cert', 'revoke'],
    ['cert', 'revoke', '01', '--client', 'alice'],
    ['client', 'set-scopes', 'alice'],
    ['client', 'set-scopes', 'alice', '--none', '--scope', 'a.b'],
    ['cert', 'export', '--identity', 'x'],
    ['cert', 'export', '--identity', 'x', '--pfx', 'a', '--pem', 'b'],
    ['request', 'sign', '--identity', 'x', '--url', 'ftp://bob.example/'],
    ['request', 'sign', '--identity', 'x', '--url', '/users/7'],
    ['request', 'sign', '--identity', 'x', '--url', 'https://eve:secret@bob.example/'],
    ['request', 'sign', '--identity', 'x', '--method', 'G T', '--url', 'https://bob.example/'],
    ['completion', 'tcsh'],
    ['client', 'list'],
  ]
  for (const argv of unacceptable) {
    it(`ends with 2 for "${argv.join(' ')}"`, async () => {
      const io = fakeCliIo()
      assert.equal(await runCli(argv, io), EXIT.usage)
      assert.match(io.errors(), /^chancery: /)
      assert.equal(io.output(), '')
    })
  }

  it('prints errors as JSON on standard error when JSON was asked for, usage errors included', async () => {
    for (const argv of [
      ['-o', 'json', 'nope'],
      ['client', 'list', '--output=json'],
      ['client', 'list', '-ojson'],
    ]) {
      const io = fakeCliIo()
      assert.equal(await runCli(argv, io), EXIT.usage)
      const { error } = JSON.parse(io.errors()) as { error: { message: string; exit_code: number } }
      assert.equal(error.exit_code, EXIT.usage)
      assert.notEqual(error.message, '')
    }
  })

  it('ends with 3 for a file that is not there and for an identity that is none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chancery-cli-'))
    try {
      assert.equal(await runCli(['cert', 'inspect', join(folder, 'nope.pem')], fakeCliIo()), EXIT.notFound)
      assert.equal(await runCli(['client', 'list', '--identity', folder], fakeCliIo()), EXIT.notFound)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('takes the identity from the environment when no option names one', async () => {
    const io = fakeCliIo({ environment: { CHANCERY_IDENTITY: '/nowhere/at/all' } })
    assert.equal(await runCli(['client', 'list'], io), EXIT.notFound)
    assert.match(io.errors(), /\/nowhere\/at\/all/)
  })
})

describe('completion', () => {
  const verbs = describeVerbs(buildProgram())

  for (const shell of SHELLS) {
    it(`names every verb and long option for ${shell}`, () => {
      const script = formatCompletionScript(shell, verbs)
      for (const { words, flags } of verbs) {
        assert.ok(script.includes(words.join(' ')) || words.every((word) => script.includes(word)))
        for (const flag of flags) if (flag.startsWith('--')) assert.ok(script.includes(flag.slice(2)), flag)
      }
    })
  }
})
