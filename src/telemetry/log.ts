import { type DestinationStream, pino } from 'pino'
import type { Log } from '../authority/ports.ts'

export type LogLevel = 'error' | 'warn' | 'info' | 'silent'
export type LogFormat = 'json' | 'text'

// Nothing that logs should ever hold one of these; this is the second net.
const SECRET_KEYS = [
  'private_key',
  'privateKeyPem',
  'passphrase',
  'password',
  'token',
  'authorization',
  'nonce',
  'signature',
]

/**
 * Writes one line per event to standard error, so that the output of a command stays clean. `json` is for collectors, `text`
 * for people. `err` is serialized with its stack; other fields are ids, counts and codes, never secrets.
 */
export function createLog(
  level: LogLevel,
  format: LogFormat,
  // Not synchronous: a line per call must not cost each call a system call. What is left is written at exit.
  destination: DestinationStream = pino.destination({ dest: 2, sync: false }),
): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), remove: true },
    },
    format === 'json' ? destination : textStream(destination),
  )
}

function textStream(destination: DestinationStream): DestinationStream {
  return {
    write(line) {
      destination.write(formatLine(line))
    },
  }
}

/** Turns a JSON line into `12:00:00.000 WARN  message key=value`. */
export function formatLine(line: string): string {
  const { time, level, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${formatValue(value)}`)
  const stack = isError(err) ? `\n  ${err.stack.replaceAll('\n', '\n  ')}` : ''
  const clock = String(time).slice(11, 23)
  return `${clock} ${String(level).toUpperCase().padEnd(5)} ${String(msg)}${pairs.join('')}${stack}\n`
}

// Quoted unless plain: a value from outside must not start a line of its own or move the cursor.
function formatValue(value: unknown): string {
  if (typeof value === 'string' && /^[\w./:@+-]+$/.test(value)) return value
  return JSON.stringify(value)
}

function isError(value: unknown): value is { stack: string } {
  return typeof value === 'object' && value !== null && 'stack' in value && typeof value.stack === 'string'
}
