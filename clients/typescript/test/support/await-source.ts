import { setImmediate } from 'node:timers/promises'
import { PATIENCE_MS } from '../../../../test/support/patience.ts'
import type { CredentialEvent, CredentialSource } from '../../src/index.ts'

/** Whether the source knows that the authority is away. */
export function isLost(source: CredentialSource): boolean {
  return source.metrics().authorityLostForMs !== undefined
}

/** How many fetches of a token came to an end, well or not. */
export function fetchesOf(source: CredentialSource): number {
  const { issued, failed } = source.metrics().fetches
  return issued + failed
}

/** Gives up, without a word, when it takes too long: what comes after says what is wrong. */
export async function waitUntil(isSo: () => boolean): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  while (!isSo() && performance.now() < until) await setImmediate()
}

/** True when it comes, false when it does not. */
export function nextEvent(source: CredentialSource, kind: CredentialEvent['kind']): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (came: boolean) => {
      clearTimeout(late)
      unsubscribe()
      resolve(came)
    }
    const late = setTimeout(() => end(false), PATIENCE_MS)
    const unsubscribe = source.subscribe((event) => {
      if (event.kind === kind) end(true)
    })
  })
}
