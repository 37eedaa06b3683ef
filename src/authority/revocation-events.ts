/** Names a certificate that may be revoked. */
export interface NamedCertificate {
  readonly authorityId: string
  readonly serialNumber: string
}

/** What has just lost its validity: open streams of these callers must end. */
export type RevocationEvent =
  | { readonly kind: 'certificates'; readonly certificates: readonly NamedCertificate[] }
  | { readonly kind: 'client'; readonly clientId: string }

/** Tells whoever holds state of callers that a revocation or lock was stored. */
export interface RevocationEvents {
  publish(event: RevocationEvent): void
  /**
   * Returns a function that ends the subscription.
   *
   * @param holds - The certificates that the listener acts on, now
   */
  subscribe(listener: (event: RevocationEvent) => void, holds: () => readonly NamedCertificate[]): () => void
  /** What all listeners hold: whoever finds out only that something was revoked asks about these. */
  held(): readonly NamedCertificate[]
}

export function createRevocationEvents(): RevocationEvents {
  const listeners = new Map<(event: RevocationEvent) => void, () => readonly NamedCertificate[]>()
  return {
    publish(event) {
      for (const listener of listeners.keys()) listener(event)
    },
    subscribe(listener, holds) {
      listeners.set(listener, holds)
      return () => listeners.delete(listener)
    },
    held: () => [...listeners.values()].flatMap((holds) => holds()),
  }
}
