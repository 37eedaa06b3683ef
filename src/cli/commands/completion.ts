import { Argument, type Command } from 'commander'
import { describeVerbs } from '../command-tree.ts'
import type { Run } from '../command-context.ts'
import { SHELLS, type Shell, formatCompletionScript } from '../completion-script.ts'
import { EXIT } from '../exit-code.ts'
import { addVerb } from '../verb.ts'

/** `chancery completion`. */
export function addCompletion(program: Command, run: Run): void {
  addVerb(program, 'completion', 'print a completion script for a shell', [
    'completion bash > ~/.local/share/bash-completion/completions/chancery',
    'completion zsh > "${fpath[1]}/_chancery"',
    'completion fish > ~/.config/fish/completions/chancery.fish',
  ])
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .action((shell: Shell, _options: unknown, command: Command) =>
      run(command, (context) => {
        context.print(formatCompletionScript(shell, describeVerbs(program)))
        return Promise.resolve(EXIT.yes)
      }),
    )
}
