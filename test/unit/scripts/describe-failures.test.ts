import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { type FailedTest, describeFailures } from '../../../scripts/lib/describe-failures.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

const LIB = join(import.meta.dirname, '..', '..', '..', 'scripts', 'lib')
const ROOT = '/checkout'

function failed(change: Partial<FailedTest> = {}): FailedTest {
  const error = new Error('it is\nnot so')
  error.stack = `Error: it is\nnot so\n    at check (file://${ROOT}/test/one.test.ts:7:1)\n    at run (node:internal/test:1:1)`
  return { name: 'is so', file: `${ROOT}/test/one.test.ts`, line: 3, error, ...change }
}

describe('the lines about failed tests at the end of a run', () => {
  const folder = createTemporaryFolder()
  after(() => folder.remove())

  it('name the test and its place, and say what the error says and where it was made', () => {
    assert.deepEqual(describeFailures([failed()], ROOT), [
      'FAILED is so (test/one.test.ts:3)',
      '  Error: it is',
      '  not so',
      '      at check (file://./test/one.test.ts:7:1)',
    ])
    assert.deepEqual(
      describeFailures([failed({ file: undefined, error: 'test timed out after 300000ms' })], ROOT),
      ['FAILED is so', "  'test timed out after 300000ms'"],
    )
    assert.deepEqual(describeFailures([], ROOT), [])
  })

  it('are few and short, however many tests fail with whatever errors', () => {
    const long = failed({ error: new Error(Array.from({ length: 500 }, () => 'x'.repeat(5000)).join('\n')) })
    for (const count of [1, 2, 4, 5, 12, 13, 500]) {
      const lines = describeFailures(
        Array.from({ length: count }, () => long),
        ROOT,
      )
      assert.ok(lines.length <= 37, `${lines.length} lines of ${count}`)
      assert.ok(lines.every((line) => line.length <= 240))
      assert.equal(lines.filter((line) => line.startsWith('FAILED')).length, Math.min(count, 13))
    }
    assert.equal(
      describeFailures(
        Array.from({ length: 500 }, () => long),
        ROOT,
      ).at(-1),
      'FAILED and 488 more',
    )
  })

  it('are there for each failure that the runner tells of, but not for what comes of another', () => {
    const [suite, script] = [folder.file('bad.test.mjs'), folder.file('run.mjs')]
    writeFileSync(
      suite,
      `import { before, describe, it } from 'node:test'
describe('outer', () => {
  it('bad', () => { throw new Error('no good') })
  it('good', () => undefined)
})
describe('hooked', () => {
  before(() => { throw new Error('no hook') })
  it('never begun', () => undefined)
})`,
    )
    writeFileSync(
      script,
      `import { runSuites } from ${JSON.stringify(`file://${join(LIB, 'run-suites.ts')}`)}
const { ok, passed, failed, failures } = await runSuites([${JSON.stringify(suite)}])
const told = failures.map(({ name, line, error }) => [name, line, error.message])
process.stdout.write('\\n' + JSON.stringify({ ok, passed, failed, told }))`,
    )
    // Within a suite the runner runs no other: this is its mark.
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined }
    const output = execFileSync(process.execPath, [script], { encoding: 'utf8', env })
    assert.match(output, /✖ bad/)
    assert.deepEqual(JSON.parse(output.split('\n').at(-1)!), {
      ...{ ok: false, passed: 1, failed: 2 },
      told: [
        ['bad', 3, 'no good'],
        ['hooked', 6, 'no hook'],
      ],
    })
  })
})
