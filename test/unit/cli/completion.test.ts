import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { describeVerbs } from '../../../src/cli/command-tree.ts'
import { formatCompletionScript } from '../../../src/cli/completion-script.ts'
import { buildProgram } from '../../../src/cli/program.ts'

const script = formatCompletionScript('bash', describeVerbs(buildProgram()))

/** What bash offers after these words, the last of which is being typed. */
function complete(...words: readonly string[]): readonly string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ')
  const program = `${script}\nCOMP_WORDS=(chancery ${quoted}); COMP_CWORD=${words.length}; _chancery; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, status, stderr } = spawnSync('bash', ['--norc', '-c', program], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return stdout.split('\n').filter((line) => line !== '')
}

describe('completion in bash', () => {
  it('offers nouns and verbs first', () => {
    assert.deepEqual(complete('cl'), ['client'])
    assert.ok(complete('').includes('serve'))
  })

  it('offers the verbs of a noun, global options before it or not', () => {
    assert.deepEqual(complete('cert', 'i'), ['issue', 'inspect'])
    assert.deepEqual(complete('--identity', 'alice', 'cert', 'ren'), ['renew'])
  })

  it('offers the options of the verb after its arguments', () => {
    assert.deepEqual(complete('cert', 'issue', 'alice', '--key-'), ['--key-type'])
    assert.deepEqual(complete('serve', '--pub'), ['--public-url'])
  })

  it('offers the values of an option that has a few', () => {
    assert.deepEqual(complete('cert', 'issue', 'alice', '--key-type', 'p'), ['p256', 'p384'])
    assert.deepEqual(complete('client', 'list', '-o', 'j'), ['json'])
  })
})
