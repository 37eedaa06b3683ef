import { usageError } from './cli-error.ts'
import type { HeaderPair, RequestLine } from '../identity/request-line.ts'

/** One word for a POSIX shell, whatever it holds. */
export function quoteForShell(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** A curl command line that sends the signed request as it was signed. */
export function formatCurl(
  request: RequestLine,
  headers: readonly HeaderPair[],
  data: string | undefined,
): string {
  const url = `${request.scheme}://${request.authority}${request.target}`
  const parts = [
    // Neither may change the target: dots in paths stay, brackets are no patterns.
    'curl --path-as-is --globoff',
    `--request ${quoteForShell(request.method)}`,
    ...headers.map(([name, value]) => `--header ${quoteForShell(`${name}: ${value}`)}`),
    ...(data === undefined ? [] : [`--data-binary ${quoteForShell(data)}`]),
    quoteForShell(url),
  ]
  return `${parts.join(' \\\n  ')}\n`
}

/** Reads header lines, `Name: value`, as `request sign` prints them. Blank lines are passed over. */
export function parseHeaderLines(text: string): readonly HeaderPair[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line)
      if (match === null) throw usageError('A line of the headers is not in the form `Name: value`.')
      return [match[1]!, match[2]!] as const
    })
}
