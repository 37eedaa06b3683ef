import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createFeedFixture, says } from '../support/feed-fixture.ts'
import { type TestEntry, createListAuthority } from '../support/list-authority.ts'

const authority = createListAuthority()
const SERIALS = 6

/** One thing that the service, a relay or the network does. */
type Step =
  | { readonly kind: 'revoke' | 'hold' | 'lift'; readonly serial: number }
  | { readonly kind: 'checkpoint' | 'drop' | 'duplicate' | 'old_snapshot' | 'snapshot' | 'unsigned' }
  | { readonly kind: 'replay'; readonly index: number }
  | { readonly kind: 'restore'; readonly numbers: number }

const serial = fc.integer({ min: 0, max: SERIALS - 1 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('revoke', 'hold', 'lift'), serial }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('checkpoint', 'drop', 'duplicate', 'old_snapshot', 'snapshot', 'unsigned'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('replay'), index: fc.nat(50) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('restore'), numbers: fc.integer({ min: 1, max: 5 }) }),
  },
)

/** What the authority knows: a plain map, number after number. */
interface Model {
  number: number
  revoked: Map<number, 'keyCompromise' | 'certificateHold'>
}

const entriesOf = ({ revoked }: Model): TestEntry[] =>
  [...revoked].map(([of, reason]) => ({ serial: of, reason }))

describe('a follower, whatever happens to its stream', () => {
  it('never calls good what an accepted list revoked, and ends where the authority is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const feed = createFeedFixture(authority, { at: 30 })
        let model: Model = { number: 10, revoked: new Map() }
        const history: Model[] = []
        const sent: Uint8Array[] = []
        // Revoked for good in anything that was taken: must be revoked for ever after.
        const condemned = new Set<number>()
        feed.run()
        let stream = await feed.nextStream()
        stream.say(...says.snapshot(authority.complete(model.number)))
        await feed.next('updated')

        /** Says it, and waits until it was taken or refused. After a refusal the next stream goes on. */
        const settle = async (expectTaken: boolean) => {
          if (expectTaken) await feed.next('updated')
          else {
            const { reason } = await feed.next('refused')
            if (reason !== 'CRL_DUPLICATE') {
              stream = await feed.reconnect()
              await catchUp()
            }
          }
          for (const of of condemned) assert.equal(feed.standing(of), 'revoked', `serial ${of}`)
        }
        /** What the service sends to one who resumes. */
        const catchUp = async () => {
          const at = Number(stream.request.resume[0]!.crlNumber)
          if (at === model.number) return
          assert.ok(at < model.number)
          await tell(at, changesSince(at))
        }
        const changesSince = (base: number): TestEntry[] => {
          const before = history.find(({ number }) => number === base)!.revoked
          const removed = [...before.keys()].filter((of) => !model.revoked.has(of))
          return [
            ...entriesOf(model),
            ...removed.map((of): TestEntry => ({ serial: of, reason: 'removeFromCRL' })),
          ]
        }
        const condemn = () => {
          for (const [of, reason] of model.revoked) if (reason === 'keyCompromise') condemned.add(of)
        }
        const tell = async (base: number, entries: readonly TestEntry[]) => {
          const der = authority.delta(base, model.number, entries)
          sent.push(der)
          stream.say(says.delta(der))
          await feed.next('updated')
          condemn()
        }
        const change = (next: Model['revoked']) => {
          history.push({ number: model.number, revoked: new Map(model.revoked) })
          model = { number: model.number + 1, revoked: next }
        }

        for (const { kind, ...rest } of steps) {
          const base = model.number
          const next = new Map(model.revoked)
          switch (kind) {
            case 'revoke':
            case 'hold':
            case 'lift': {
              const { serial: of } = rest as { serial: number }
              if (kind === 'revoke') next.set(of, 'keyCompromise')
              if (kind === 'hold' && !next.has(of)) next.set(of, 'certificateHold')
              if (kind === 'lift' && next.get(of) === 'certificateHold') next.delete(of)
              change(next)
              await tell(base, changesSince(base))
              break
            }
            case 'checkpoint':
              change(next)
              await tell(base, [])
              break
            case 'drop':
              // One is lost, the next shows it.
              next.set(0, 'keyCompromise')
              change(next)
              change(new Map(next))
              stream.say(says.delta(authority.delta(base + 1, base + 2)))
              await settle(false)
              break
            case 'duplicate':
              if (sent.length === 0) break
              stream.say(says.delta(sent.at(-1)!))
              await settle(false)
              break
            case 'replay': {
              const old = sent[(rest as { index: number }).index]
              if (old === undefined) break
              stream.say(says.delta(old))
              await settle(false)
              break
            }
            case 'old_snapshot':
              stream.say(...says.snapshot(authority.complete(3)))
              await settle(false)
              break
            case 'snapshot':
              change(next)
              stream.say(...says.snapshot(authority.complete(model.number, entriesOf(model))))
              await settle(true)
              condemn()
              break
            case 'unsigned':
              stream.say(says.checkpoint())
              break
            case 'restore': {
              if (feed.events.filter((event) => event.kind === 'history_changed').length >= 3) break
              const past = history.at(-(rest as { numbers: number }).numbers)
              if (past === undefined) break
              model = { number: past.number, revoked: new Map(past.revoked) }
              history.length = history.findIndex(({ number }) => number === past.number)
              sent.length = 0
              stream.say(
                says.reset('ahead'),
                ...says.snapshot(authority.complete(model.number, entriesOf(model))),
              )
              await feed.next('history_changed')
              await feed.next('updated')
              break
            }
          }
          for (const of of condemned) assert.equal(feed.standing(of), 'revoked', `serial ${of} after ${kind}`)
          for (const of of model.revoked.keys()) assert.equal(feed.standing(of), 'revoked', `serial ${of}`)
        }
        assert.equal(feed.follower.lists('issuing-1')?.state?.crlNumber, BigInt(model.number))
        await feed.stop()
      }),
      { numRuns: 150 },
    )
  })
})
