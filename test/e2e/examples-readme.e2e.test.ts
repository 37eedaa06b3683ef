import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const README = readFileSync(join(ROOT, 'examples', 'README.md'), 'utf8')
const BLOCKS = [...README.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text]) => text!)

/** In place of `npm run`, which would first see to `node_modules`: a test must leave those alone. */
const NPM = `#!/bin/sh
[ "$1 $2 $3 $4" = "run --silent example --" ] || exit 64
exec "${process.execPath}" --conditions=chancery-source "${join(ROOT, 'examples', 'run.ts')}" "$5"
`

describe('the commands of the README of the examples', () => {
  const folder = createTemporaryFolder()
  const running: ChildProcess[] = []
  let environment: NodeJS.ProcessEnv

  before(() => {
    symlinkSync(join(ROOT, 'bin'), folder.file('bin'))
    mkdirSync(folder.file('tools'))
    writeFileSync(join(folder.file('tools'), 'npm'), NPM, { mode: 0o755 })
    const PATH = [folder.file('tools'), dirname(process.execPath), process.env['PATH']].join(delimiter)
    const others = Object.entries(process.env).filter(([name]) => !/^(CHANCERY_|BOB$|CAROL$)/.test(name))
    const free = '127.0.0.1:0'
    environment = {
      ...Object.fromEntries(others),
      PATH,
      // Whatever else runs on this machine keeps its ports.
      ...{ PORT: '0', CHANCERY_LISTEN: free, CHANCERY_HTTP: free, CHANCERY_ADMIN: free },
    }
  })
  after(() => {
    // With the shell, everything that it started.
    for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL')
    folder.remove()
  })

  function run(block: number): ChildProcess {
    return spawn('sh', ['-e', '-c', BLOCKS[block]!], {
      cwd: folder.path,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
  }

  /** Starts what goes on running, and waits until it has said this. */
  async function serve(block: number, said: RegExp): Promise<string> {
    const child = run(block)
    running.push(child)
    const lines: string[] = []
    const found = Promise.withResolvers<string>()
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        const text = said.exec(line)?.[1]
        if (text !== undefined) found.resolve(text)
      })
    }
    child.once('exit', () => found.reject(new Error(`it ended:\n${lines.join('\n')}`)))
    const text = await found.promise
    child.removeAllListeners('exit')
    return text
  }

  /** Runs what comes to an end, and returns what it printed. */
  async function finish(block: number): Promise<string> {
    const child = run(block)
    let output = ''
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    const [code] = (await once(child, 'close')) as [number]
    assert.equal(code, 0, output)
    return output
  }

  it('lead to what the page says, one after the other, and when the authority is killed', async () => {
    assert.equal(BLOCKS.length, 5)
    const port = await serve(0, /"grpc":"127\.0\.0\.1:(\d+)"/)
    environment['CHANCERY_ADDRESS'] = `localhost:${port}`
    await finish(1)
    environment['BOB'] = await serve(2, /listens on (http:\S+)/)
    environment['CAROL'] = await serve(3, /listens on (http:\S+)/)
    const output = await finish(4)
    assert.match(output, /^GET \/token: 200 /m)
    assert.match(output, /^GET \/cert: 403 /m)
    assert.match(output, /^PUT \/users\/7: 403 /m)
    assert.match(output, /^GET \/orders\/1: 200 /m)

    process.kill(-running.shift()!.pid!, 'SIGKILL')
    const without = await finish(4)
    assert.match(without, /^GET \/token: 403 /m)
    assert.match(without, /^GET \/cert: 200 /m)
    assert.match(without, /^GET \/orders\/1: 200 /m)
  })
})
