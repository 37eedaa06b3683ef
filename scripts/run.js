// Starts a task of package.json from any state of the checkout: installs what is missing or stale, then goes on under
// the pinned Node. Plain JavaScript without dependencies, because it runs before there are any, on whatever Node is
// there. It spawns that Node by path: within one npm script the shell remembers where it found the older one.
import { spawn, spawnSync } from 'child_process'
import { createHash } from 'crypto'
import { existsSync, readFileSync, writeFileSync } from 'fs'
import { dirname, join } from 'path'
import { fileURLToPath } from 'url'

const REQUIRED_MAJOR = 24
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const marker = join(modules, '.chancery-lock')
const pinnedNode = join(modules, '.bin', 'node')

const TASKS = {
  test: ['scripts/test.ts'],
  check: ['scripts/check.ts'],
  lint: ['scripts/check.ts', '--only', 'lint'],
  types: ['scripts/check.ts', '--only', 'types'],
  format: ['node_modules/prettier/bin/prettier.cjs', '--write', '--log-level', 'warn', '.'],
  generate: ['scripts/generate.sh'],
  demo: ['demo/story.ts'],
  example: ['--conditions=chancery-source', 'examples/run.ts'],
  bench: ['bench/run.ts'],
  start: ['bin/chancery.js', 'dev'],
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** Why `npm ci` must run, or undefined if what is installed is what package-lock.json says. */
function findStaleness() {
  const hidden = join(modules, '.package-lock.json')
  if (!existsSync(hidden)) return 'node_modules is missing'
  const lockText = readFileSync(join(root, 'package-lock.json'))
  const lockHash = createHash('sha256').update(lockText).digest('hex')
  const needsPinned = Number(process.versions.node.split('.')[0]) < REQUIRED_MAJOR
  if (needsPinned && !existsSync(pinnedNode))
    return `this is Node ${process.versions.node} and the pinned one is missing`
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lockHash) return undefined
  const wanted = JSON.parse(lockText).packages
  const installed = readJson(hidden).packages
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || (installed[path] === undefined && entry.optional)) continue
    const found = installed[path]
    if (found === undefined || found.version !== entry.version || found.integrity !== entry.integrity) {
      return `${path} is not the version of package-lock.json`
    }
  }
  writeFileSync(marker, lockHash)
  return undefined
}

function install(reason) {
  process.stderr.write(`chancery: ${reason}; running npm ci\n`)
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const npmCli = process.env.npm_execpath
  const result =
    npmCli !== undefined && npmCli.endsWith('.js')
      ? spawnSync(process.execPath, [npmCli, ...args], { cwd: root, stdio: ['ignore', 2, 2] })
      : spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (result.status !== 0) {
    process.stderr.write('chancery: npm ci failed; see above. Nothing was started.\n')
    process.exit(1)
  }
  writeFileSync(
    marker,
    createHash('sha256')
      .update(readFileSync(join(root, 'package-lock.json')))
      .digest('hex'),
  )
}

function start(args) {
  const node = existsSync(pinnedNode) ? pinnedNode : process.execPath
  const command = args[0].endsWith('.sh') ? 'sh' : node
  const child = spawn(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${join(modules, '.bin')}:${process.env.PATH ?? ''}` },
  })
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`chancery: ${command} does not start: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    for (const name of SIGNALS) process.removeAllListeners(name)
    process.kill(process.pid, signal)
  })
}

const [task, ...rest] = process.argv.slice(2)
const script = task === undefined ? undefined : TASKS[task]
if (script === undefined) {
  process.stderr.write(`usage: node scripts/run.js ${Object.keys(TASKS).join('|')} [arguments]\n`)
  process.exit(2)
}
const staleness = findStaleness()
if (staleness !== undefined) install(staleness)
if (!existsSync(pinnedNode) && Number(process.versions.node.split('.')[0]) < REQUIRED_MAJOR) {
  process.stderr.write(
    `chancery: this is Node ${process.versions.node}, and there is no pinned Node for ${process.platform}-${process.arch}.` +
      ` Install Node ${REQUIRED_MAJOR} or newer from https://nodejs.org and run this again.\n`,
  )
  process.exit(1)
}
start([...script, ...rest])
