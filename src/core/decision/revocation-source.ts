import type { Certificate, CrlReason } from '../x509/types.ts'

/** One certificate of a verified path, and the one that signed it. */
export interface PathLink {
  readonly certificate: Certificate
  readonly issuer: Certificate
  /** Authority that the issuer is; `undefined` if the bundle does not name it. */
  readonly authorityId: string | undefined
  /** Lower-case hex without leading zero octets. */
  readonly serialNumber: string
  /** SHA-256 of the certificate. */
  readonly sha256: Uint8Array
  /** True for the certificate at the start of the path, false for those of authorities. */
  readonly isLeaf: boolean
}

/** What is known about one certificate. */
export type Standing =
  | {
      readonly standing: 'good'
      /** State of the client that the certificate was issued to; `undefined` for authorities, and where a source has only lists. */
      readonly clientState: 'active' | 'locked' | 'missing' | undefined
      /** Until when this may be relied on without asking again; absent where the source sets no end. */
      readonly until?: Date | undefined
    }
  | {
      readonly standing: 'revoked'
      readonly reason: CrlReason
      readonly revokedAt: Date
      /** True where a source knows that it is on hold because its client is locked. It says so in the message and changes nothing else. */
      readonly isClientLocked?: boolean
    }
  /** The authority keeps records of what it issues, and this certificate, octet for octet, is not among them. */
  | { readonly standing: 'unissued' }
  /** A list that is needed cannot be read or does not verify. */
  | { readonly standing: 'list_invalid' }
  /** No list is at hand, or it is out of date beyond what the verifier's policy allows. */
  | { readonly standing: 'unknown' }

/** The revocation state of one authority. */
export interface RevocationState {
  readonly authorityId: string
  readonly crlNumber: bigint
  readonly thisUpdate: Date
  readonly nextUpdate: Date
}

/**
 * What a verifier knows about revocation: the authority's own store in the service, signed lists in a client library.
 *
 * - {@link standing} is asked for every certificate of a path but the anchor, on every decision; nothing is cached above it.
 * - It answers from memory or a point read; it never waits for a network.
 * - It never answers `good` when it cannot tell.
 */
export interface RevocationSource {
  standing(link: PathLink): Standing
  /** The newest list of an authority, for the record; `undefined` if there is none. */
  state(authorityId: string): RevocationState | undefined
  /** True if every revocation listed in CRL `crlNumber` of the authority is known here. */
  includes(authorityId: string, crlNumber: bigint): boolean | Promise<boolean>
  /** The instant up to which every revocation of the authority is known; `undefined` if none is. `at` for a live store. */
  knownUntil(authorityId: string, at: Date): Date | undefined
}
