import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { formatCurl, parseHeaderLines, quoteForShell } from '../../../src/cli/curl-command.ts'
import { parseRequestLine } from '../../../src/identity/request-line.ts'
import { CliError } from '../../../src/cli/cli-error.ts'

describe('header lines', () => {
  it('reads names and values, repeated ones kept apart', () => {
    assert.deepEqual(parseHeaderLines('A: 1\r\n\nA:2 \nB:\n'), [
      ['A', '1'],
      ['A', '2'],
      ['B', ''],
    ])
  })

  it('refuses a line without a name', () => {
    for (const text of ['nothing', ': x', 'a b: c']) assert.throws(() => parseHeaderLines(text), CliError)
  })
})

describe('the curl command line', () => {
  it('hands every word to curl as it is, whatever it holds', () => {
    const words = ["it's", '$(id)', '`id`', '"', '\\', '-x', 'a b', '', '@x;y', '*']
    const script = words.map((word) => `printf '%s\\0' ${quoteForShell(word)}`).join('\n')
    assert.deepEqual(
      spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout.split('\0').slice(0, -1),
      words,
    )
  })

  it('names method, headers, body and the URL as signed', () => {
    const line = parseRequestLine('POST', 'https://bob.example/a?b')
    const command = formatCurl(line, [['X-Nonce', 'n']], "it's")
    assert.equal(
      command.replaceAll(' \\\n  ', ' '),
      "curl --path-as-is --globoff --request POST --header 'X-Nonce: n' --data-binary 'it'\\''s' 'https://bob.example/a?b'\n",
    )
  })
})
