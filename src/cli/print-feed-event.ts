import type { ListState } from '../core/revocation/revocation-view.ts'
import type { FeedEvent } from '../feed/feed-event.ts'
import { countStandIns } from './count-stand-ins.ts'
import { explainError } from './explain-error.ts'
import type { Json } from './format-json.ts'
import { formatInstant } from './format-time.ts'
import { CommandOverdueError } from './run-shell.ts'

/** What the follower says, and what became of the command that is run after changes. */
export type WatchEvent =
  | FeedEvent
  | { readonly kind: 'command_failed'; readonly command: string | undefined; readonly error: unknown }

/** One line about something that happened to the lists. */
export function formatFeedEvent(event: WatchEvent, now: Date, json: boolean): string {
  const { name, fields, text } = describe(event)
  const authority = 'authority' in event ? event.authority : undefined
  return json
    ? `${JSON.stringify({ ...(authority === undefined ? {} : { authority }), event: name, ...fields })}\n`
    : `${formatInstant(now)}  ${authority ?? '-'}  ${name} ${text}`.trimEnd() + '\n'
}

function describe(event: WatchEvent): {
  readonly name: string
  readonly fields: Readonly<Record<string, Json>>
  readonly text: string
} {
  switch (event.kind) {
    case 'updated': {
      const isSignOfLife = event.update === 'delta' && event.entryCount === 0
      const name = event.update === 'complete' ? 'list' : isSignOfLife ? 'checkpoint' : 'delta'
      const named = countStandIns(event.der, event.entryCount)
      return {
        name,
        fields: {
          ...stateToJson(event.state),
          entry_count: event.entryCount,
          token_count: named?.token ?? null,
          client_count: named?.client ?? null,
        },
        text: `${event.state.crlNumber}  ${event.entryCount} entries${formatNamed(named)}${formatTimes(event.state)}`,
      }
    }
    case 'loaded':
      return {
        name: 'loaded',
        fields: stateToJson(event.state),
        text: `${event.state.crlNumber}${formatTimes(event.state)}`,
      }
    case 'refused':
    case 'state_refused':
      return {
        name: event.kind,
        fields: { reason: event.reason, message: event.message },
        text: `${event.reason}: ${event.message}`,
      }
    case 'condition':
      return {
        name: 'condition',
        fields: {
          condition: event.condition,
          ...(event.clock && { ahead_seconds: event.clock.aheadSeconds, message: event.clock.message }),
        },
        text: event.clock === undefined ? event.condition : `${event.condition}: ${event.clock.message}`,
      }
    case 'reset':
      return { name: 'reset', fields: { reason: event.reason }, text: event.reason }
    case 'history_changed':
      return {
        name: 'history_changed',
        fields: { lost_crl_number: Number(event.lostNumber) },
        text: `the authority has lost list ${event.lostNumber}; what was revoked in it stays revoked here`,
      }
    case 'connected':
      return { name: 'connected', fields: {}, text: '' }
    case 'disconnected': {
      const message = event.error === undefined ? null : explainError(event.error).message
      return {
        name: 'disconnected',
        fields: { retry_ms: event.retryMs, message },
        text: `trying again in ${event.retryMs} ms${message === null ? '' : `: ${message}`}`,
      }
    }
    case 'not_saved':
    case 'not_reported': {
      const { message } = explainError(event.error)
      return { name: event.kind, fields: { message }, text: message }
    }
    case 'command_failed': {
      const reason = event.error instanceof CommandOverdueError ? 'COMMAND_OVERDUE' : 'COMMAND_FAILED'
      const message = event.error instanceof Error ? event.error.message : String(event.error)
      return {
        name: event.kind,
        fields: { reason, message, command: event.command ?? null },
        text: `${reason}: ${message}: ${event.command ?? ''}`,
      }
    }
    case 'saved':
      return { name: 'saved', fields: {}, text: '' }
  }
}

/** What a list names beside certificates, if anything. */
function formatNamed(named: ReturnType<typeof countStandIns>): string {
  const parts = Object.entries(named ?? {}).flatMap(([kind, count]) =>
    count === 0 ? [] : [`${count} of ${kind}s`],
  )
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

function stateToJson(state: ListState): Readonly<Record<string, Json>> {
  return {
    crl_number: Number(state.crlNumber),
    this_update: formatInstant(state.thisUpdate),
    next_update: formatInstant(state.nextUpdate),
  }
}

function formatTimes(state: ListState): string {
  return `  this update ${formatInstant(state.thisUpdate)}  next update ${formatInstant(state.nextUpdate)}`
}
