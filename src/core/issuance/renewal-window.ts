/** The span in which to renew a certificate. */
export interface RenewalWindow {
  readonly start: Date
  readonly end: Date
}

/**
 * Computes when to renew: between two thirds and five sixths of what is left of the lifetime at `now`. A client picks a random instant in
 * it; a sixth of the lifetime then remains to try again while the authority is down.
 */
export function renewalWindow(now: Date, notAfter: Date): RenewalWindow {
  const lifetimeMs = Math.max(0, notAfter.getTime() - now.getTime())
  const before = (share: number) => new Date(notAfter.getTime() - Math.floor(lifetimeMs / share))
  return { start: before(3), end: before(6) }
}
