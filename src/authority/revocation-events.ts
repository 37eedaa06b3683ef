/** What has just lost its validity: open streams of these callers must end. */
export type RevocationEvent =
  | {
      readonly kind: 'certificates'
      readonly certificates: readonly { authorityId: string; serialNumber: string }[]
    }
  | { readonly kind: 'client'; readonly clientId: string }

/** Tells whoever holds state of callers that a revocation or lock was stored. */
export interface RevocationEvents {
  publish(event: RevocationEvent): void
  /** Returns a function that ends the subscription. */
  subscribe(listener: (event: RevocationEvent) => void): () => void
}

export function createRevocationEvents(): RevocationEvents {
  const listeners = new Set<(event: RevocationEvent) => void>()
  return {
    publish(event) {
      for (const listener of listeners) listener(event)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
