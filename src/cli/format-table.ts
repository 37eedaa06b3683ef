/** Lays out rows under headings, columns two blanks apart and as wide as their widest cell. No rules, no colours. */
export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows].map((row) => row.map(printable))
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}

/** Widest that a cell of several names is: beside it the other columns still fit a line. */
const LIST_WIDTH = 60

/** Names for one cell, and how many more there are where not all fit; `-` for none. */
export function formatNames(names: readonly string[]): string {
  const shown = names.map(printable)
  let count = shown.length
  const text = () =>
    [...shown.slice(0, count), ...(count < shown.length ? [`+${shown.length - count}`] : [])].join(' ')
  while (count > 1 && text().length > LIST_WIDTH) count--
  const fits = text()
  if (fits.length <= LIST_WIDTH) return fits || '-'
  const rest = shown.length > 1 ? ` +${shown.length - 1}` : ''
  return `${shown[0]!.slice(0, LIST_WIDTH - rest.length - 1)}…${rest}`
}

/** Lays out name and value pairs, values aligned. A value of several lines is continued under itself. */
export function formatFields(
  fields: readonly (readonly [name: string, value: string | readonly string[]])[],
): string {
  const width = Math.max(...fields.map(([name]) => name.length))
  return fields
    .flatMap(([name, value]) => {
      const values = typeof value === 'string' ? [value] : value.length === 0 ? ['-'] : value
      return values.map((text, index) => `${(index === 0 ? name : '').padEnd(width)}  ${printable(text)}\n`)
    })
    .join('')
}

/**
 * Replaces what could move the cursor or forge a line of output. Names in certificates come from strangers, and a terminal
 * obeys escape sequences.
 */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
}
