const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: MINUTE,
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
  y: 365 * DAY,
}

/** An instant in UTC to the second, the same on every machine: `2026-01-02T03:04:05Z`. Nothing is `-`. */
export function formatInstant(time: Date | undefined): string {
  return time === undefined ? '-' : time.toISOString().replace(/\.\d+Z$/, 'Z')
}

/** The instant with its distance: `2026-01-02T03:04:05Z (in 3 d)`. */
export function formatInstantWithDistance(time: Date | undefined, now: Date): string {
  return time === undefined ? '-' : `${formatInstant(time)} (${formatDistance(time, now)})`
}

/** How far an instant lies from now, in its largest unit, rounded down: `in 3 d`, `2 h ago`, `now`. */
export function formatDistance(time: Date, now: Date): string {
  const seconds = Math.trunc((time.getTime() - now.getTime()) / 1000)
  if (seconds === 0) return 'now'
  const span = formatSpan(Math.abs(seconds))
  return seconds > 0 ? `in ${span}` : `${span} ago`
}

/** A span in its largest unit, rounded down. */
function formatSpan(seconds: number): string {
  if (seconds >= DAY) return `${Math.floor(seconds / DAY)} d`
  if (seconds >= HOUR) return `${Math.floor(seconds / HOUR)} h`
  if (seconds >= MINUTE) return `${Math.floor(seconds / MINUTE)} min`
  return `${Math.floor(seconds)} s`
}

/** Parses `90d`, `12h`, `30s`, `1h30m`; `undefined` for anything else, zero included. */
export function parseSpanSeconds(text: string): number | undefined {
  if (!/^(?:\d{1,9}[smhdwy])+$/.test(text)) return undefined
  let seconds = 0
  for (const [, count, unit] of text.matchAll(/(\d+)([smhdwy])/g))
    seconds += Number(count) * UNIT_SECONDS[unit!]!
  return seconds > 0 && Number.isSafeInteger(seconds) ? seconds : undefined
}

/** Parses an instant: RFC 3339 with its offset, or a span from now such as `30d`. */
export function parseInstant(text: string, now: Date): Date | undefined {
  const span = parseSpanSeconds(text)
  if (span !== undefined) return new Date(now.getTime() + span * 1000)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text)) return undefined
  const time = new Date(text)
  return Number.isNaN(time.getTime()) ? undefined : time
}
