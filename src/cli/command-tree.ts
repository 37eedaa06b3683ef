import type { Command, Option } from 'commander'

/** One verb as completion and documentation need it. */
export interface VerbDescription {
  /** Words that lead to it, without `chancery`. */
  readonly words: readonly string[]
  readonly summary: string
  /** Long and short flags, its own and the global ones. */
  readonly flags: readonly string[]
  /** Values for each flag that takes one of a few. */
  readonly choices: ReadonlyMap<string, readonly string[]>
  /** Flags that are followed by a value. */
  readonly flagsWithValue: ReadonlySet<string>
}

/** Describes every verb of a program, in the order of its help. */
export function describeVerbs(program: Command): readonly VerbDescription[] {
  const visit = (command: Command, words: readonly string[]): VerbDescription[] =>
    command.commands.length === 0
      ? [describe(command, words, program)]
      : command.commands.flatMap((child) => visit(child, [...words, child.name()]))
  return visit(program, [])
}

/** Names of every verb, such as `cert issue`. */
export function listVerbs(program: Command): readonly string[] {
  return describeVerbs(program).map(({ words }) => words.join(' '))
}

function describe(command: Command, words: readonly string[], program: Command): VerbDescription {
  const options = [...command.options, ...program.options]
  const withValue = options.filter((option) => option.required || option.optional)
  return {
    words,
    summary: command.description(),
    flags: [...options.flatMap(namesOf), '--help', '-h'],
    choices: new Map(
      withValue.flatMap((option) =>
        option.argChoices === undefined
          ? []
          : namesOf(option).map((name) => [name, option.argChoices!] as const),
      ),
    ),
    flagsWithValue: new Set(withValue.flatMap(namesOf)),
  }
}

function namesOf({ long, short }: Option): readonly string[] {
  return [long, short].filter((name) => name !== undefined)
}
