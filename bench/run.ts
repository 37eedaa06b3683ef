/**
 * `npm run bench`: measures the service against bounds on the same machine in the same minute, and prints what the ratios are.
 * Figures wander with the machine; ratios less so. Nothing here fails a build.
 *
 *   --quick        a smoke test: the same measurements, too short to mean anything
 *   --json         one JSON document instead of the table
 *   --only NAME    one group; repeat it
 *   --profile DIR  write a processor profile of the service there
 */
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { benchCodec } from './codec.ts'
import { benchDecide } from './decide.ts'
import { type Deployment, deploy } from './deployment.ts'
import { benchIssueCertificate } from './issue-certificate.ts'
import { takeCores } from './processor.ts'
import { type JudgedRow, type Row, formatReport, judge } from './report.ts'
import { benchRevocationPush } from './revocation-push.ts'
import { benchStore } from './store.ts'
import { benchVerifyRequest } from './verify-request.ts'

const QUICK_SCALE = 0.02

/** Groups in the order in which they run. */
const LOCAL_GROUPS = { decide: benchDecide, codec: benchCodec, store: benchStore }
const REMOTE_GROUPS = { verify: benchVerifyRequest, issue: benchIssueCertificate, push: benchRevocationPush }
const GROUPS = [...Object.keys(LOCAL_GROUPS), ...Object.keys(REMOTE_GROUPS)]

interface Options {
  readonly only: readonly string[]
  readonly scale: number
  readonly profileDir: string | undefined
}

async function* measureAll({ only, scale, profileDir }: Options): AsyncGenerator<Row[]> {
  // The push group revokes what the issue group has issued.
  const wanted = (name: string) =>
    only.length === 0 || only.includes(name) || (name === 'issue' && only.includes('push'))
  for (const [name, bench] of Object.entries(LOCAL_GROUPS)) if (wanted(name)) yield await bench(scale)
  const remote = Object.entries(REMOTE_GROUPS).filter(([name]) => wanted(name))
  if (remote.length === 0) return
  const deployment: Deployment = await deploy(profileDir)
  try {
    for (const [, bench] of remote) yield await bench(deployment, scale)
  } finally {
    await deployment.stage.clear()
  }
}

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    profile: { type: 'string' },
  },
})
const unknown = values.only.find((name) => !GROUPS.includes(name))
if (unknown !== undefined) {
  process.stderr.write(`There is no group ${unknown}. Groups: ${GROUPS.join(', ')}.\n`)
  process.exit(2)
}

takeCores()
const machine = `${availableParallelism()} cores of ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`
const rows: JudgedRow[] = []
const scale = values.quick ? QUICK_SCALE : 1
let failure: Error | undefined
try {
  for await (const group of measureAll({ only: values.only, scale, profileDir: values.profile })) {
    rows.push(...group.map(judge))
  }
} catch (error) {
  // What was measured before is worth having.
  failure = error as Error
}
const note = values.quick ? '; quick: these figures mean nothing' : ''
process.stdout.write(
  values.json
    ? `${JSON.stringify({ machine, quick: values.quick, rows }, null, 2)}\n`
    : `${machine}${note}\n\n${formatReport(rows)}`,
)
if (failure !== undefined) throw failure
