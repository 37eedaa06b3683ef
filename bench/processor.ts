import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** The budgets of docs are for two cores, which service and load share. */
const CORES = '0,1'
const TICKS_PER_SECOND = 100

/** What starts a program on the two cores; empty where there are no more, or no `taskset`. */
export function coreLauncher(): readonly string[] {
  const needed = availableParallelism() > 2 && spawnSync('taskset', ['-V']).status === 0
  return needed ? ['taskset', '-c', CORES] : []
}

/** Keeps this process, too, on the two cores. */
export function takeCores(): void {
  const [command] = coreLauncher()
  if (command !== undefined) spawnSync(command, ['-acp', CORES, String(process.pid)])
}

/** Processor time in microseconds. */
export interface ProcessorTime {
  readonly allThreadsUs: number
  /** Of the thread that runs the event loop, which is what a Node process runs out of first. */
  readonly mainThreadUs: number
}

/** What a process has used so far; NaN where the system does not say. */
export function processorTime(pid: number): ProcessorTime {
  return { allThreadsUs: readUs(`/proc/${pid}/stat`), mainThreadUs: readUs(`/proc/${pid}/task/${pid}/stat`) }
}

/** What it has used since, per operation. */
export function processorTimeSince(pid: number, before: ProcessorTime, operations: number): ProcessorTime {
  const now = processorTime(pid)
  return {
    allThreadsUs: (now.allThreadsUs - before.allThreadsUs) / operations,
    mainThreadUs: (now.mainThreadUs - before.mainThreadUs) / operations,
  }
}

/** What a thread did: time on a processor, and time that it was ready and had none. */
export interface ThreadTime {
  readonly usedMs: number
  readonly waitedMs: number
}

/** What the threads of a process did so far, by name; those of one name together. Empty where the system does not say. */
export function threadTimes(pid: number): Map<string, ThreadTime> {
  const times = new Map<string, ThreadTime>()
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const name = readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').trim()
      // Nanoseconds on a processor, nanoseconds in its queue.
      const [used, waited] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')
        .split(' ')
        .map(Number)
      const { usedMs, waitedMs } = times.get(name) ?? { usedMs: 0, waitedMs: 0 }
      times.set(name, { usedMs: usedMs + used! / 1e6, waitedMs: waitedMs + waited! / 1e6 })
    }
  } catch {
    times.clear()
  }
  return times
}

/** Memory that a process holds; NaN where the system does not say. */
export function residentMib(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kib) / 1024
  } catch {
    return NaN
  }
}

function readUs(path: string): number {
  try {
    // proc(5): the name of the program, in parentheses, may hold blanks. utime and stime are fields 14 and 15.
    const fields = readFileSync(path, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1e6
  } catch {
    return NaN
  }
}
