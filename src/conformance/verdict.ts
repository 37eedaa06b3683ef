import type { DenyReason } from '../core/decision/deny-reason.ts'
import { type ErrorReason, MalformedError } from '../core/errors.ts'

/** JSON as the driver writes it. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject

/** A JSON object as the driver writes it. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** The answer to one case. */
export type Verdict =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly reason: DenyReason | ErrorReason; readonly detail: string }

/** Builds a verdict that says yes. */
export function accept(value: JsonObject = {}): Verdict {
  return { ok: true, value }
}

/** Builds a verdict that says no. */
export function refuse(reason: DenyReason | ErrorReason, detail: string): Verdict {
  return { ok: false, reason, detail }
}

/** Runs a parser; what it refuses becomes a verdict with this reason, and the defect its detail. */
export function parsing<T>(
  reason: DenyReason | ErrorReason,
  parse: () => T,
): { readonly parsed: T } | { readonly refused: Verdict } {
  try {
    return { parsed: parse() }
  } catch (error) {
    if (error instanceof MalformedError)
      return { refused: refuse(reason, `${error.defect}: ${error.message}`) }
    throw error
  }
}
