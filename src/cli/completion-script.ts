import type { VerbDescription } from './command-tree.ts'

/** Shells that scripts are made for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const

/** See {@link SHELLS}. */
export type Shell = (typeof SHELLS)[number]

/** Makes the completion script of a shell from the verbs, so that it never falls behind them. */
export function formatCompletionScript(shell: Shell, verbs: readonly VerbDescription[]): string {
  switch (shell) {
    case 'bash':
      return formatBash(verbs)
    case 'zsh':
      // zsh runs bash completions, compgen and all, once its own emulation is loaded.
      return `#compdef chancery\nautoload -U +X bashcompinit && bashcompinit\n${formatBash(verbs)}`
    case 'fish':
      return formatFish(verbs)
  }
}

function nextWords(verbs: readonly VerbDescription[], words: readonly string[]): readonly string[] {
  const following = verbs.filter((verb) => words.every((word, index) => verb.words[index] === word))
  return [...new Set(following.map((verb) => verb.words[words.length]).filter((word) => word !== undefined))]
}

function listGroups(verbs: readonly VerbDescription[]): readonly string[] {
  return [...new Set(verbs.filter(({ words }) => words.length > 1).map(({ words }) => words[0]!))]
}

function formatBash(verbs: readonly VerbDescription[]): string {
  const groups = listGroups(verbs).map(
    (group) =>
      `    ${group}) COMPREPLY=($(compgen -W '${nextWords(verbs, [group]).join(' ')}' -- "$cur")); return ;;\n`,
  )
  const flags = verbs.map(({ words, flags }) => `    '${words.join(' ')}') flags='${flags.join(' ')}' ;;\n`)
  const choices = verbs.flatMap(({ words, choices }) =>
    Array.from(
      choices,
      ([flag, values]) =>
        `    '${words.join(' ')} ${flag}') COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$cur")); return ;;\n`,
    ),
  )
  const valued = [...new Set(verbs.flatMap(({ flagsWithValue }) => [...flagsWithValue]))]
  return `_chancery() {
  local cur prev verb flags word skip
  cur="\${COMP_WORDS[COMP_CWORD]}"
  prev="\${COMP_WORDS[COMP_CWORD-1]}"
  verb=''
  skip=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [ -n "$skip" ]; then skip=''; continue; fi
    case "$word" in
    ${valued.join('|')}) skip=1 ;;
    -*) ;;
    *) verb="\${verb:+$verb }$word" ;;
    esac
  done
  case "$verb" in
    '') [[ "$cur" != -* ]] && { COMPREPLY=($(compgen -W '${nextWords(verbs, []).join(' ')}' -- "$cur")); return; } ;;
${groups.join('')}  esac
  # Arguments after the verb do not matter from here on.
  while [ -n "$verb" ]; do
    flags=''
    case "$verb" in
${flags.join('')}    esac
    [ -n "$flags" ] && break
    case "$verb" in *' '*) verb="\${verb% *}" ;; *) verb='' ;; esac
  done
  case "$verb $prev" in
${choices.join('')}  esac
  case "$prev" in
    ${valued.join('|')}) COMPREPLY=($(compgen -f -- "$cur")); return ;;
  esac
  case "$cur" in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$cur")) ;;
    *) COMPREPLY=($(compgen -f -- "$cur")) ;;
  esac
}
complete -o filenames -F _chancery chancery
`
}

function formatFish(verbs: readonly VerbDescription[]): string {
  const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const groups = listGroups(verbs)
  const lines = nextWords(verbs, []).map((word) => {
    const summary =
      verbs.find(({ words }) => words.length === 1 && words[0] === word)?.summary ?? `${word} commands`
    return `complete -c chancery -n __fish_use_subcommand -f -a ${word} -d ${quote(summary)}`
  })
  for (const { words, summary, flags, choices, flagsWithValue } of verbs) {
    const [first, second] = words
    if (second !== undefined) {
      const others = nextWords(verbs, [first!]).join(' ')
      const condition = `__fish_seen_subcommand_from ${first!}; and not __fish_seen_subcommand_from ${others}`
      lines.push(`complete -c chancery -n ${quote(condition)} -f -a ${second} -d ${quote(summary)}`)
    }
    const seen = `__fish_seen_subcommand_from ${words.join('; and __fish_seen_subcommand_from ')}`
    for (const flag of flags.filter((name) => name.startsWith('--'))) {
      const values = choices.get(flag)
      const argument =
        values !== undefined ? ` -x -a ${quote(values.join(' '))}` : flagsWithValue.has(flag) ? ' -r' : ''
      lines.push(`complete -c chancery -n ${quote(seen)} -l ${flag.slice(2)}${argument}`)
    }
  }
  return `# Groups: ${groups.join(' ')}\n${lines.join('\n')}\n`
}
