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
