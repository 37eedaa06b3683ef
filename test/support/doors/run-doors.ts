import { type Answer, DENIED } from './answer.ts'
import { type Door, openDoors } from './doors.ts'
import { samplePlans } from './plan.ts'
import { type Question, buildQuestion } from './questions.ts'
import { createDoorWorld } from './world.ts'

/** Asked at once. Between two batches everything is answered: nonces of earlier batches are used, and the world may change. */
const BATCH = 250
const MAX_SHOWN = 3

/** What came of asking. */
export interface DoorsReport {
  readonly asked: number
  /** Through how many doors the question went that went through the fewest. */
  readonly fewestDoors: number
  /** How many questions each door was asked. */
  readonly byDoor: ReadonlyMap<string, number>
  /** How often the use case itself answered what. */
  readonly byVerdict: ReadonlyMap<string, number>
  /** Questions that two doors answered differently; the first few. */
  readonly differing: readonly string[]
  /** Questions with nothing wrong about them, and the first few of those that were denied. */
  readonly plain: number
  readonly plainDenied: readonly string[]
}

/** One question and what each door said to it. */
interface Round {
  readonly question: Question
  readonly answers: ReadonlyMap<Door, Answer>
}

/** Opens every door, asks generated questions through each that can carry them, and compares. */
export async function runDoors(options: {
  readonly seed: number
  readonly count: number
}): Promise<DoorsReport> {
  const world = await createDoorWorld()
  const doors = await openDoors(world)
  try {
    const plans = samplePlans(options.count, options.seed)
    const rounds: Round[] = []
    const earlier: Question[] = []
    for (let start = 0; start < plans.length; start += BATCH) {
      await world.change(start / BATCH)
      const batch = plans.slice(start, start + BATCH)
      const questions = batch.map((plan, i) => buildQuestion(world, plan, start + i, earlier))
      rounds.push(...(await Promise.all(questions.map((question) => askEverywhere(doors, question)))))
      earlier.push(...questions.filter(({ after }) => after === undefined))
    }
    return report(rounds)
  } finally {
    await Promise.all(doors.map((door) => door.close()))
  }
}

async function askEverywhere(doors: readonly Door[], question: Question): Promise<Round> {
  const able = doors.filter((door) => carries(door, question))
  const answers = await Promise.all(able.map((door) => door.ask(question)))
  return { question, answers: new Map(able.map((door, i) => [door, answers[i]!])) }
}

/** A door that could not carry a nonce the first time has not seen it the second time. */
function carries(door: Door, { after, ...question }: Question): boolean {
  return (
    door.cannot({ ...question, after }) === undefined &&
    (after === undefined || door.cannot(after) === undefined)
  )
}

function report(rounds: readonly Round[]): DoorsReport {
  const plain = rounds.filter(({ question }) => isPlain(question))
  return {
    asked: rounds.length,
    fewestDoors: Math.min(...rounds.map(({ answers }) => answers.size)),
    byDoor: countEach(rounds.flatMap(({ answers }) => [...answers.keys()].map(({ name }) => name))),
    byVerdict: countEach(rounds.map(verdictOf)),
    differing: describeFirst(rounds.filter(({ answers }) => !agree([...answers.values()]))),
    plain: plain.length,
    plainDenied: describeFirst(plain.filter((round) => verdictOf(round) !== 'ALLOW')),
  }
}

/** As the use case answered, which stands first, and which every other door is held against. */
function verdictOf({ answers }: Round): string {
  return [...answers.values()][0]!.verdict
}

/** What a door does not say agrees with everything. */
function agree([first, ...others]: readonly Answer[]): boolean {
  const same = (one: readonly string[] | undefined, two: readonly string[] | undefined) =>
    !one || !two || one.join() === two.join()
  return others.every(
    ({ verdict, granted, missing }) =>
      agreesWith(verdict, first!.verdict) && same(granted, first!.granted) && same(missing, first!.missing),
  )
}

function agreesWith(verdict: string, first: string): boolean {
  return verdict === first || (verdict === DENIED && first !== 'ALLOW' && !first.startsWith('error'))
}

/** Nothing about it is of a kind that anything is denied for. */
function isPlain({ plan, input: { credential } }: Question): boolean {
  // Of the digest of a message only RSA signatures can be checked.
  const isDigest = credential?.kind === 'detached_signature' && credential.signed?.kind === 'sha256'
  return plan.plain && !isDigest
}

function describeFirst(rounds: readonly Round[]): readonly string[] {
  return rounds
    .slice(0, MAX_SHOWN)
    .map(({ question: { plan, caller, input }, answers }) =>
      JSON.stringify(
        { plan, caller, input, answers: [...answers].map(([door, answer]) => [door.name, answer]) },
        asText,
        1,
      ),
    )
}

function asText(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  // As JSON.stringify has made of it by now.
  const buffer = value as { readonly type?: unknown; readonly data?: unknown } | null
  return buffer?.type === 'Buffer' ? Buffer.from(buffer.data as number[]).toString('latin1') : value
}

function countEach(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}
