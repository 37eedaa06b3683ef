/**
 * Writes `docs/config.md` from the configuration keys and `docs/errors.md` from the comments of the proto files. With
 * `--check`, writes nothing and fails if either is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environmentName } from '../src/config/env.ts'
import type { ConfigKey } from '../src/config/config-key.ts'
import { CONFIG_KEYS } from '../src/config/keys.ts'

const ROOT = join(import.meta.dirname, '..')
const NOTE = '<!-- Made by scripts/generate-docs.ts. Change the source and run `npm run generate`. -->'

function describeConfig(): string {
  const sections = Object.entries(CONFIG_KEYS).map(([name, definition]) => describeKey(name, definition))
  return `${NOTE}

# Configuration

Flags of \`chancery serve\` win over the environment, the environment over the file \`chancery.yaml\` in the data folder, and the file over
the defaults. The file is YAML: one key per line, all optional. A key that does not exist is refused, with the name that was
probably meant; every problem is reported at once. Changes take effect at the next start. In variables, lists are
separated by commas.

${sections.join('\n\n')}
`
}

function describeKey(name: string, definition: ConfigKey<unknown, unknown>): string {
  const sources = [
    ...(definition.flag === undefined ? [] : [`\`${definition.flag}\``]),
    `\`${environmentName(name)}\``,
    ...(definition.notInFile === true ? [] : [`\`${name}\` in the file`]),
  ]
  // An empty list is none, too.
  const defaults = [definition.fallback ?? []].flat().map(String).join(', ')
  const fallback = defaults === '' ? 'none' : `\`${defaults}\``
  const unit = definition.unit === undefined ? '' : ` ${definition.unit}`
  return `## ${name}

${definition.meaning}

| | |
|---|---|
| set by | ${sources.join(', ')} |
| default | ${fallback}${defaults === '' ? '' : unit}: ${definition.why} |
| allowed | ${definition.type.range}${unit} |`
}

interface ProtoValue {
  readonly name: string
  readonly comment: string
}

/** The values of one enum with their comments, in the order of the file. */
function readEnum(file: string, name: string): ProtoValue[] {
  const text = readFileSync(join(ROOT, 'proto/chancery/v1', file), 'utf8')
  const body = new RegExp(`^enum ${name} \\{$(.*?)^\\}$`, 'ms').exec(text)?.[1]
  if (body === undefined) throw new Error(`${file} has no enum ${name}`)
  const prefix = `${name.replace(/[A-Z]/g, (letter, at: number) => (at === 0 ? '' : '_') + letter).toUpperCase()}_`
  return [...body.matchAll(/((?:^ *\/\/ .*\n)+) *(\w+) = \d+;/gm)]
    .map(([, comment = '', value = '']) => ({
      name: value.slice(prefix.length),
      comment: comment
        .replace(/^ *\/\/ /gm, '')
        .trim()
        .replaceAll('\n', ' '),
    }))
    .filter((value) => value.name !== 'UNSPECIFIED')
}

function describeErrors(): string {
  const errors = readEnum('error_reason.proto', 'ErrorReason').map(({ name, comment }) => {
    const [, text = comment, metadata] = /^(.*?)(?: Metadata: (.*?)\.?)?$/.exec(comment) ?? []
    const [, meaning = text, status = ''] = /^(.*\.) ([A-Z_]+(?: with \w+)?)\.$/.exec(text) ?? []
    return `| \`${name}\` | ${status} | ${meaning} | ${metadata ?? ''} |`
  })
  const denials = readEnum('authorization_service.proto', 'DenyReason').map(
    ({ name, comment }) => `| \`${name}\` | ${comment} |`,
  )
  return `${NOTE}

# Errors and denials

A **denial** is an answer: \`VerifyRequest\` returns it with status OK. An **error** means that there is no answer; treat it as a denial.

## Errors

Every error of the API carries \`google.rpc.ErrorInfo\` in its details: \`domain\` is \`chancery.v1\`, \`reason\` is the name below with the prefix
\`ERROR_REASON_\`, \`metadata\` holds the keys below. The text of an error is for people and may change; the reason does not. The trailer
\`x-request-id\` names the line in the server's log. What the transport itself refuses (\`CANCELLED\`, \`DEADLINE_EXCEEDED\`, a message
over 4 MiB as \`RESOURCE_EXHAUSTED\`, a method that does not exist as \`UNIMPLEMENTED\`) carries no reason.

| reason | status and details | meaning | metadata |
|---|---|---|---|
${errors.join('\n')}

## Denials

In the order in which checks run: of several failures the earliest is reported.

| deny reason | meaning |
|---|---|
${denials.join('\n')}
`
}

const check = process.argv.includes('--check')
for (const [name, text] of [
  ['docs/config.md', describeConfig()],
  ['docs/errors.md', describeErrors()],
] as const) {
  const path = join(ROOT, name)
  if (!check) writeFileSync(path, text)
  else if (readIfThere(path) !== text) {
    process.stderr.write(`${name} is out of date. Run \`npm run generate\` and commit the result.\n`)
    process.exitCode = 1
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
