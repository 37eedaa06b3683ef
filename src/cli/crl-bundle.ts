import { writeFileAtomically } from '../files/write-file.ts'
import { encodePem } from './read-input.ts'

/** A file with the newest complete list of every authority, PEM one after the other, as nginx, HAProxy and OpenSSL read it. */
export interface CrlBundle {
  /** Takes a list. Resolves to true if the file was written with it. */
  put(authority: string, der: Uint8Array): Promise<boolean>
}

/** Nothing is written before every authority has a list: a consumer that lacks one of them refuses everybody. */
export function createCrlBundle(path: string, authorities: readonly string[]): CrlBundle {
  const newest = new Map<string, Uint8Array>()
  return {
    async put(authority, der) {
      newest.set(authority, der)
      // In the order of the authorities, so that the file changes only where a list did.
      const ders = authorities.flatMap((id) => newest.get(id) ?? [])
      if (ders.length < authorities.length) return false
      await writeFileAtomically(path, encodePem('X509 CRL', ders), 0o644)
      return true
    },
  }
}
