import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { describeWithTool } from '../../../test/support/external-tool.ts'
import { startTestAuthority } from '../src/testing/index.ts'
import { type PackedProject, createPackedProject, titledBlocks } from './support/packed-project.ts'
import { SERVED, stageSamples } from './support/stage-samples.ts'

const README = join(import.meta.dirname, '..', 'README.md')
const DEPENDENCIES = ['typescript', '@types/node', 'express', '@types/express', 'fastify']

describe('the packed package, installed outside the repository', () => {
  let project: PackedProject
  let samples: ReadonlyMap<string, string>

  before(async () => {
    project = await createPackedProject(DEPENDENCIES)
    samples = titledBlocks(await readFile(README, 'utf8'))
    for (const [name, text] of samples) await project.write(name, text)
  })
  after(() => {
    project.remove()
  })

  it('holds the compiled code with its types, API docs made of the comments, the README, the licence, and nothing else', () => {
    const paths = project.packed.files.map(({ path }) => path)
    const others = paths.filter((path) => !/^(dist\/.+(\.js|\.d\.ts)|docs\/api\/[\w-]+\.md)$/.test(path))
    assert.deepEqual(others.sort(), ['LICENSE', 'README.md', 'package.json'])
    const native = paths.filter((path) => /sqlite|telemetry|\/cli\//.test(path))
    assert.deepEqual(native, [])
  })

  it('describes what its test authority exports in its API docs', async () => {
    const page = await readFile(
      join(project.folder, 'node_modules/@chancery/client/docs/api/testing.md'),
      'utf8',
    )
    for (const name of ['startTestAuthority', 'TestAuthority', 'Outage'])
      assert.match(page, new RegExp(`^### ${name}`, 'm'))
  })

  it('brings two dependencies', async () => {
    const manifest = await readFile(
      join(project.folder, 'node_modules/@chancery/client/package.json'),
      'utf8',
    )
    const { dependencies } = JSON.parse(manifest) as { dependencies: object }
    assert.deepEqual(Object.keys(dependencies), ['@bufbuild/protobuf', '@grpc/grpc-js'])
  })

  it('compiles every sample of the README as it stands, in strict mode, types of libraries included', async () => {
    assert.ok(samples.size > 0)
    await project.compile()
  })

  const runSamples = async (node: string) => {
    const tests = [...samples.keys()].filter((name) => name.endsWith('.test.ts'))
    const output = await project.run(
      node,
      '--test',
      '--test-reporter=tap',
      ...tests.map((name) => join('out', name.replace(/ts$/, 'js'))),
    )
    assert.match(output, /^# fail 0$/m)
    assert.doesNotMatch(output, /^# pass 0$/m)
  }

  it('runs every sample of the README on this Node', () => runSamples(process.execPath))

  it('serves the callers of the README by its resource servers, and goes on from disk without the authority', async () => {
    const authority = await startTestAuthority()
    try {
      const ask = await stageSamples(project, authority)
      assert.deepEqual(await ask(), [...SERVED, { token: 2, certificate: 0 }])
      await authority.fail('refused')
      assert.deepEqual(await ask(), [...SERVED, { token: 0, certificate: 2 }])
    } finally {
      await authority.close()
    }
  })

  describeWithTool('node22', 'on the oldest Node that it is for', (node22) => {
    it('runs every sample of the README', async () => {
      assert.match(await project.run(node22, '--version'), /^v22\./)
      await runSamples(node22)
    })
  })
})
