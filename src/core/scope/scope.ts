import { DomainError } from '../errors.ts'
import { MAX_SCOPE_LENGTH, MAX_SCOPE_SEGMENT_LENGTH, MAX_SCOPE_SEGMENTS } from '../limits.ts'

/**
 * The scope language of docs/protocol.md.
 *
 * A scope is 1-16 segments of `[a-z0-9_-]{1,64}` joined by dots, 255 characters at most: `bob.user.read`. A pattern is a scope in
 * which a segment may be `*`, which stands for exactly one segment, and the last may be `**`, which stands for one or more.
 * Patterns live in grants; what a certificate carries and what a request needs is always concrete.
 */

const SEGMENT_FORM = `[a-z0-9_-]{1,${MAX_SCOPE_SEGMENT_LENGTH}}`
const SEGMENT = new RegExp(`^${SEGMENT_FORM}$`)
const SCOPE = new RegExp(`^${SEGMENT_FORM}(?:\\.${SEGMENT_FORM}){0,${MAX_SCOPE_SEGMENTS - 1}}$`)

/** How much of a refused scope an error repeats: enough to find it, too little to flood a log. */
const QUOTED_CHARACTERS = 64

/** True if the text is a concrete scope. */
export function isScope(text: string): boolean {
  return text.length <= MAX_SCOPE_LENGTH && SCOPE.test(text)
}

/** True if the text is a pattern; every scope is one. */
export function isScopePattern(text: string): boolean {
  // The length comes first: a megabyte of dots must not be split.
  if (text.length > MAX_SCOPE_LENGTH) return false
  const segments = text.split('.')
  if (segments.length > MAX_SCOPE_SEGMENTS) return false
  const last = segments.length - 1
  return segments.every(
    (segment, i) => segment === '*' || (i === last && segment === '**') || SEGMENT.test(segment),
  )
}

/**
 * Takes a text as a concrete scope.
 *
 * @throws {@link DomainError} SCOPE_MALFORMED with the first characters of the text.
 */
export function parseScope(text: string): string {
  if (!isScope(text)) throw malformed(text, 'a scope is 1-16 segments of a-z, 0-9, _ and - joined by dots')
  return text
}

/**
 * Takes a text as a pattern.
 *
 * @throws {@link DomainError} SCOPE_MALFORMED with the first characters of the text.
 */
export function parseScopePattern(text: string): string {
  if (!isScopePattern(text)) {
    throw malformed(text, 'a grant is a scope in which a segment may be * and the last segment may be **')
  }
  return text
}

/** True if the pattern is a concrete scope, and so can be carried by a certificate. */
export function isConcrete(pattern: string): boolean {
  return !pattern.includes('*')
}

/** True if a scope, or an audience, begins with all the segments of an audience. */
export function isWithin(name: string, audience: string): boolean {
  return name === audience || name.startsWith(`${audience}.`)
}

/**
 * True if the pattern covers the scope. Total: a text that is no pattern covers nothing, and a text that is no concrete scope is
 * covered by nothing, so that a pattern smuggled in as a required scope never matches itself.
 */
export function patternCovers(pattern: string, scope: string): boolean {
  if (isConcrete(pattern)) return pattern === scope && isScope(scope)
  if (!isScope(scope)) return false
  return isScopePattern(pattern) && segmentsCover(pattern.split('.'), scope.split('.'))
}

function segmentsCover(pattern: readonly string[], scope: readonly string[]): boolean {
  const open = pattern.at(-1) === '**'
  if (open ? scope.length < pattern.length : scope.length !== pattern.length) return false
  const fixed = open ? pattern.slice(0, -1) : pattern
  return fixed.every((segment, i) => segment === '*' || segment === scope[i])
}

function malformed(text: string, rule: string): DomainError {
  const scope = text.slice(0, QUOTED_CHARACTERS)
  return new DomainError('SCOPE_MALFORMED', `${JSON.stringify(scope)} is not accepted: ${rule}`, { scope })
}
