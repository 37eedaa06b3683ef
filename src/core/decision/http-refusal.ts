import type { DenyReason } from './deny-reason.ts'

/** Denials that authenticating in another way would not change. All others come before the key is proved, and tell a stranger nothing. */
const FORBIDDEN: ReadonlySet<DenyReason> = new Set<DenyReason>(['SCOPE_INSUFFICIENT', 'AUDIENCE_MISMATCH'])

/** What a proxy tells whoever was denied. */
export type HttpRefusal =
  | { readonly status: 403 }
  /** `challenge` is for `WWW-Authenticate` (RFC 9110 section 11.6.1). */
  | { readonly status: 401; readonly challenge: string }

/** The answer over HTTP to a denial: what is accepted, and nothing of what was wrong with what came. */
export function httpRefusal(reason: DenyReason | undefined, acceptsTokens: boolean): HttpRefusal {
  if (reason !== undefined && FORBIDDEN.has(reason)) return { status: 403 }
  const signature = 'Signature realm="chancery"'
  return { status: 401, challenge: acceptsTokens ? `${signature}, Bearer realm="chancery"` : signature }
}
