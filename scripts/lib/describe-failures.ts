import { relative } from 'node:path'
import { inspect, stripVTControlCharacters } from 'node:util'

/** A test that failed, and why. */
export interface FailedTest {
  readonly name: string
  readonly file: string | undefined
  readonly line: number | undefined
  readonly error: unknown
}

/** Continuous integration keeps about so many last lines of a run. */
const MAX_LINES = 36
/** So many are told with their errors, and so many more by their names. */
const MAX_TOLD = 4
const MAX_NAMED = 8
const MAX_CALLS = 3
const MAX_LINE_LENGTH = 240

/** Each failed test with the message and the first calls of its error, in so few lines that the end of the output holds them. */
export function describeFailures(failures: readonly FailedTest[], root: string): readonly string[] {
  const told = failures.slice(0, MAX_TOLD)
  const named = failures.slice(MAX_TOLD, MAX_TOLD + MAX_NAMED)
  const linesEach = Math.floor((MAX_LINES - named.length) / told.length) - 1
  const lines = [
    ...told.flatMap((one) => [nameOf(one, root), ...readError(one.error, linesEach)]),
    ...named.map((one) => nameOf(one, root)),
  ]
  const more = failures.length - told.length - named.length
  if (more > 0) lines.push(`FAILED and ${more} more`)
  return lines.map((line) => line.replaceAll(root, '.').slice(0, MAX_LINE_LENGTH))
}

function nameOf({ name, file, line }: FailedTest, root: string): string {
  return file === undefined ? `FAILED ${name}` : `FAILED ${name} (${relative(root, file)}:${line ?? '?'})`
}

/** What an error says, then where it was made: calls within Node say nothing. */
function readError(error: unknown, most: number): readonly string[] {
  const text = stripVTControlCharacters(inspect(error, { maxStringLength: 2000 }))
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const isCall = (line: string) => /^\s+at /.test(line)
  const calls = lines.filter((line) => isCall(line) && /[\\/]/.test(line) && !line.includes('node:'))
  const place = calls.slice(0, MAX_CALLS).map((line) => line.replace(/ \{$/, ''))
  const message = lines.filter((line) => !isCall(line)).slice(0, most - place.length)
  return [...message, ...place].map((line) => `  ${line}`)
}
