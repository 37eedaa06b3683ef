import { type Command, Help, InvalidArgumentError, type Option } from 'commander'
import { parseInstant, parseSpanSeconds } from './format-time.ts'

/** Adds a verb with its summary and the examples that close its help. */
export function addVerb(
  parent: Command,
  name: string,
  summary: string,
  examples: readonly string[],
): Command {
  const lines = examples.map((example) => `  $ chancery ${example}\n`).join('')
  return configureVerb(parent.command(name))
    .description(summary)
    .addHelpText('after', `\nExamples:\n${lines}`)
}

/** Adds a noun whose verbs are given after it. */
export function addGroup(parent: Command, name: string, summary: string): Command {
  return configureVerb(parent.command(name)).description(summary).helpCommand(false)
}

function configureVerb(command: Command): Command {
  return command
    .configureHelp({ showGlobalOptions: true, optionDescription: describeOption })
    .helpOption('-h, --help', 'show this help')
}

// An empty list as default says nothing that the description does not say better.
function describeOption(option: Option): string {
  return Array.isArray(option.defaultValue) ? option.description : new Help().optionDescription(option)
}

/** Gathers an option that may be given several times. */
export function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value]
}

/** Reads a span such as `90d` as seconds. */
export function spanOption(text: string): number {
  const seconds = parseSpanSeconds(text)
  if (seconds === undefined) throw new InvalidArgumentError('Write a span such as 30s, 12h or 90d.')
  return seconds
}

/** Reads a number of things. */
export function countOption(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Write a whole number.')
  return Number(text)
}

/** Reads a CRL number, which goes on from the time in milliseconds. */
export function crlNumberOption(text: string): bigint {
  if (!/^\d{1,19}$/.test(text))
    throw new InvalidArgumentError('Write the number of a list, as the service gave it.')
  return BigInt(text)
}

/** Makes a reader of instants: RFC 3339, or a span from now. */
export function instantOption(now: () => Date): (text: string) => Date {
  return (text) => {
    const time = parseInstant(text, now())
    if (time === undefined)
      throw new InvalidArgumentError(
        'Write an instant such as 2026-01-31T12:00:00Z, or a span from now such as 30d.',
      )
    return time
  }
}
