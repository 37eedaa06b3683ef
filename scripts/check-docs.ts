/**
 * Fails when a document lies: a relative link or anchor that leads nowhere, an `npm run` that package.json does not have,
 * or a `chancery` verb that the CLI does not have.
 */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { listVerbs } from '../src/cli/command-tree.ts'
import { buildProgram } from '../src/cli/program.ts'
import { ROOT } from './lib/run-step.ts'

const SKIPPED = new Set(['node_modules', '.git', '.tools', '.chancery', 'coverage', 'dist'])
/** Made by typedoc when the client is packed, and ignored by git. */
const API_REFERENCE = join(ROOT, 'clients', 'typescript', 'docs', 'api')
const FENCE = /^```.*?^```/gms

function listDocuments(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return []
    const path = join(folder, entry.name)
    if (path === API_REFERENCE) return []
    if (entry.isDirectory()) return listDocuments(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

/** Anchors as GitHub makes them from headings. */
function listAnchors(markdown: string): ReadonlySet<string> {
  const headings = markdown.replaceAll(FENCE, '').matchAll(/^#{1,6} +(.+?) *#*$/gm)
  return new Set(
    Array.from(headings, ([, text]) =>
      (text ?? '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

function checkLinks(file: string, markdown: string): string[] {
  const problems: string[] = []
  for (const [, target] of markdown.replaceAll(FENCE, '').matchAll(/\]\(([^()\s]+)\)/g)) {
    if (target === undefined || /^[a-z]+:/.test(target)) continue
    const [path, anchor] = target.split('#', 2)
    const file2 = path === '' || path === undefined ? file : join(dirname(file), decodeURIComponent(path))
    if (!existsSync(file2)) problems.push(`the link ${target} leads nowhere`)
    else if (anchor !== undefined && statSync(file2).isFile() && file2.endsWith('.md')) {
      if (!listAnchors(readFileSync(file2, 'utf8')).has(anchor))
        problems.push(`the link ${target} names no heading`)
    }
  }
  return problems
}

function checkCommands(markdown: string, scripts: ReadonlySet<string>, verbs: readonly string[]): string[] {
  const problems: string[] = []
  for (const [, script] of markdown.matchAll(/npm run ([a-z][a-z:-]*)/g)) {
    if (script !== undefined && !scripts.has(script)) problems.push(`package.json has no script ${script}`)
  }
  const groups = new Set(verbs.filter((verb) => verb.includes(' ')).map((verb) => verb.split(' ')[0]))
  for (const [, verb, subverb] of markdown.matchAll(
    /^(?:\$ )?(?:\.\/)?(?:bin\/)?chancery(?:\.js)? ([a-z]+)(?: ([a-z-]+))?/gm,
  )) {
    const name = groups.has(verb) ? `${verb ?? ''} ${subverb ?? ''}` : (verb ?? '')
    if (!verbs.includes(name)) problems.push(`the CLI has no verb ${name}`)
  }
  return problems
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}
const scripts = new Set(Object.keys(manifest.scripts))
const verbs = listVerbs(buildProgram())
let problemCount = 0
for (const file of listDocuments(ROOT)) {
  const markdown = readFileSync(file, 'utf8')
  for (const problem of [...checkLinks(file, markdown), ...checkCommands(markdown, scripts, verbs)]) {
    problemCount++
    process.stderr.write(`${relative(ROOT, file)}: ${problem}\n`)
  }
}
process.exitCode = problemCount === 0 ? 0 : 1
