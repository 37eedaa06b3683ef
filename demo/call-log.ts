import { hold } from './narrator.ts'

const PAUSE_MS = 50
const WAIT_MS = 40_000

/** What Alice may and may not, in turns. */
const KINDS = [
  { method: 'GET', status: 200 },
  { method: 'DELETE', status: 403 },
  { method: 'PUT', status: 200 },
] as const

/** What Bob was shown. */
type Shown = 'token' | 'certificate'

interface Answered {
  readonly shown: string | null
  readonly wrong: string | undefined
}

/** Alice's calls, each held against what her scopes say. */
export interface CallLog {
  /** Makes one call: a GET that is served, or a DELETE that is refused. */
  one(method: 'GET' | 'DELETE', shown: Shown): Promise<void>
  /** Calls over and over from now on. */
  begin(): void
  /** Resolves when so many more calls were answered with this credential. */
  reach(shown: Shown, count: number): Promise<void>
  /** Stops. Returns how many calls there were; fails the step if one was lost or answered wrongly. */
  end(): Promise<number>
}

export function createCallLog(send: typeof fetch, origin: string): CallLog {
  const counts = { token: 0, certificate: 0 }
  const faults: string[] = []
  let calls = 0
  let going: Promise<void> | undefined
  let stopped = false
  let changed = Promise.withResolvers<undefined>()

  async function call({ method, status }: (typeof KINDS)[number]): Promise<Answered> {
    const number = ++calls
    try {
      const body = method === 'PUT' ? { body: `{"call":${number}}` } : {}
      const response = await send(`${origin}/users/${number}`, { method, ...body })
      await response.arrayBuffer()
      const wrong = response.status === status ? undefined : `${method} was answered ${response.status}`
      return { shown: response.headers.get('x-credential'), wrong }
    } catch (error) {
      return { shown: null, wrong: `${method} got no answer (${String(error)})` }
    }
  }

  function note({ shown, wrong }: Answered): void {
    if (wrong !== undefined) faults.push(wrong)
    if (shown === 'token' || shown === 'certificate') counts[shown]++
    changed.resolve(undefined)
    changed = Promise.withResolvers()
  }

  async function goOn(): Promise<void> {
    for (let i = 0; !stopped; i++) {
      note(await call(KINDS[i % KINDS.length]!))
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }

  return {
    async one(method, expected) {
      const { shown, wrong } = await call(KINDS.find((kind) => kind.method === method)!)
      hold(wrong === undefined && shown === expected, wrong ?? `it went with ${shown ?? 'nothing'}`)
    },
    begin() {
      going = goOn()
    },
    async reach(shown, count) {
      const until = performance.now() + WAIT_MS
      for (const goal = counts[shown] + count; counts[shown] < goal;) {
        await changed.promise
        hold(faults.length === 0, faults.join(', '))
        hold(
          performance.now() < until,
          `${counts[shown]} calls with a ${shown}, not ${goal}, in ${WAIT_MS} ms`,
        )
      }
    },
    async end() {
      stopped = true
      await going
      hold(faults.length === 0, faults.join(', '))
      return calls
    },
  }
}
