import { createHash, createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createCrlFollower } from '../../src/feed/crl-follower.ts'
import { createStateFolder } from '../../src/feed/state-folder.ts'
import { systemFeedPorts } from '../../src/feed/system-ports.ts'
import { StreamCRLResponse } from '../../src/gen/chancery/v1/authorization_service.ts'
import { says } from './feed-fixture.ts'
import { LIST_START, createListAuthority } from './list-authority.ts'

/**
 * A follower to be killed. List n of its authority revokes the serial numbers 1 to n; the stream never pauses, and starts over now and then. Every number is
 * printed once it was taken. Arguments: folder of the state, file with the authority's keys, seed.
 */
const [, , directory = '', keyFile = '', seed = ''] = process.argv
const keys = JSON.parse(readFileSync(keyFile, 'utf8')) as Record<'root' | 'issuing', string>
const authority = createListAuthority({
  root: createPrivateKey(keys.root),
  issuing: createPrivateKey(keys.issuing),
})

let draws = 0
/** The same in every run with one seed. */
function draw(below: number): number {
  return createHash('sha256').update(`${seed}:${draws++}`).digest().readUInt32BE() % below
}

const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + 1 + i)

async function* serve(resumeAt: bigint | undefined) {
  let at = Number(resumeAt ?? 0n)
  const answer = (event: NonNullable<StreamCRLResponse['event']>) =>
    StreamCRLResponse.fromPartial({ authority: 'issuing-1', event })
  const snapshot = function* (number: number) {
    for (const event of says.snapshot(authority.complete(number, upTo(0, number)), 3)) yield answer(event)
  }
  if (resumeAt === undefined) yield* snapshot(0)
  for (;;) {
    if (draw(12) === 0) {
      yield answer(says.reset('too_old'))
      yield* snapshot(++at)
    }
    const next = at + 1 + draw(3)
    yield answer(says.delta(authority.delta(at, next, upTo(at, next))))
    at = next
    await systemFeedPorts.pause()
  }
}

const follower = createCrlFollower({
  authorities: [{ id: 'issuing-1', certificate: authority.issuer }],
  open: (request) => serve(request.resume[0]?.crlNumber),
  ports: { ...systemFeedPorts, now: () => new Date(LIST_START.getTime() + 50_000_000) },
  store: createStateFolder(directory),
  report(event) {
    if (event.kind === 'updated' || event.kind === 'loaded')
      process.stdout.write(`${event.state.crlNumber}\n`)
    if (event.kind === 'refused' || event.kind === 'state_refused') process.stdout.write(`${event.reason}\n`)
  },
})
await follower.load()
await follower.run(new AbortController().signal)
