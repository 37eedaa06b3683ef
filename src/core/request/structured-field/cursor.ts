import { MalformedError } from '../../errors.ts'
import { MAX_STRUCTURED_FIELD_LENGTH } from '../../limits.ts'

/** A place in a field's text. The parsers move it. */
export interface Cursor {
  readonly text: string
  position: number
  /** Refuse a key that is there twice, where RFC 9651 takes the last: two readers would take different ones for the real one. */
  readonly unique: boolean
}

/**
 * Joins the lines of a field (RFC 9651 section 4.2) and stands before the first character.
 *
 * @throws {@link MalformedError} `structured_field.too_long`
 */
export function createCursor(lines: readonly string[], unique: boolean): Cursor {
  const text = lines.join(', ')
  if (text.length > MAX_STRUCTURED_FIELD_LENGTH)
    throw new MalformedError(
      'structured_field.too_long',
      `a field has more than ${MAX_STRUCTURED_FIELD_LENGTH} octets`,
    )
  return { text, position: 0, unique }
}

/** Takes what a sticky pattern matches here, or nothing. */
export function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.position
  const match = pattern.exec(cursor.text)
  if (match === null) return undefined
  cursor.position = pattern.lastIndex
  return match
}

/** Takes one character if it is here. */
export function takeCharacter(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.position] !== character) return false
  cursor.position++
  return true
}

/** Passes over spaces. */
export function skipSpaces(cursor: Cursor): void {
  while (cursor.text[cursor.position] === ' ') cursor.position++
}

/** True if nothing is left. */
export function isAtEnd({ text, position }: Cursor): boolean {
  return position >= text.length
}
