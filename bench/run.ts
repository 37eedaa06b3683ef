import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { benchCodec } from './codec.ts'
import { benchDecide } from './decide.ts'
import { type Deployment, deploy } from './deployment.ts'
import { benchHostileLoad } from './hostile-load.ts'
import { benchIssueCertificate } from './issue-certificate.ts'
import { takeCores } from './processor.ts'
import { type JudgedRow, type Row, formatReport, judge } from './report.ts'
import { benchResourceServer } from './resource-server.ts'
import { benchRevocation } from './revocation.ts'
import { benchLoad } from './load.ts'
import { benchOAuthToken } from './oauth-token.ts'
import { benchSdk } from './sdk.ts'
import { benchStore } from './store.ts'
import { benchTokenOrCertificate } from './token-or-certificate.ts'
import { benchVerifyRequest } from './verify-request.ts'
import { benchVerifyRequests } from './verify-requests.ts'

const QUICK_SCALE = 0.02

const HELP = `Measures the service against bounds on the same machine in the same minute, and prints one table: what was measured, the bound, their
ratio, the budget and whether it is met. Figures wander with the machine; ratios less so. Nothing here fails a build.

Usage: npm run bench -- [options]

  --only NAME    one group; repeat it for more
  --quick        a smoke test: the same measurements, too short to mean anything
  --json         one JSON document instead of the table
  --profile DIR  write a processor profile of the service there
  --help         this text

Groups, in the order in which they run:
  decide   a decision in this process against the check of its signature alone
  article  a JWT against a certificate of the same key, RSA of 2048 and 4096 bits
  codec    certificates, paths and lists: reading and making them
  sdk      size, bundled too, dependencies and cold import of the packed TypeScript client
  server   a resource server that decides itself, and a route of Express with it and without
  load     HTTP calls with a token, signed, and with the authority dead; what outages add at the switch
  store    the SQLite store against bare rows
  revocation  until it is denied everywhere, with up to 10,000 streams and 1,000,000 on the list; some minutes
  verify   VerifyRequest against an empty grpc-js call
  stream   VerifyRequests against crypto.verify alone, and against VerifyRequest
  hostile  good traffic alone and beside 10,000 requests of garbage
  issue    IssueCertificate, durable, 64 callers
  oauth    tokens at the OAuth endpoint, by assertion and by certificate, and introspection

Examples:
  npm run bench
  npm run bench -- --only decide --only article
  npm run bench -- --only verify --profile /tmp/profiles
  npm run --silent bench -- --quick --json
`

/** Groups in the order in which they run: those that start what they need, then those that share one service. */
const LOCAL_GROUPS = {
  decide: benchDecide,
  article: benchTokenOrCertificate,
  codec: benchCodec,
  sdk: benchSdk,
  load: benchLoad,
  server: benchResourceServer,
  store: benchStore,
  revocation: benchRevocation,
}
const REMOTE_GROUPS = {
  verify: benchVerifyRequest,
  stream: benchVerifyRequests,
  hostile: benchHostileLoad,
  issue: benchIssueCertificate,
  oauth: benchOAuthToken,
}
const GROUPS = [...Object.keys(LOCAL_GROUPS), ...Object.keys(REMOTE_GROUPS)]

interface Options {
  readonly only: readonly string[]
  readonly scale: number
  readonly profileDir: string | undefined
}

async function* measureAll({ only, scale, profileDir }: Options): AsyncGenerator<Row[]> {
  const wanted = (name: string) => only.length === 0 || only.includes(name)
  for (const [name, bench] of Object.entries(LOCAL_GROUPS)) {
    if (wanted(name)) yield await withProgress(name, bench(scale))
  }
  const remote = Object.entries(REMOTE_GROUPS).filter(([name]) => wanted(name))
  if (remote.length === 0) return
  const deployment: Deployment = await deploy(profileDir)
  try {
    for (const [name, bench] of remote) yield await withProgress(name, bench(deployment, scale))
  } finally {
    await deployment.stage.clear()
  }
}

/** Says what is going on, on standard error: the output is the table, or one document. */
async function withProgress(name: string, rows: Promise<Row[]>): Promise<Row[]> {
  const startedMs = performance.now()
  process.stderr.write(`${name} ... `)
  const measured = await rows
  process.stderr.write(`${((performance.now() - startedMs) / 1000).toFixed(0)} s\n`)
  return measured
}

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}
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
