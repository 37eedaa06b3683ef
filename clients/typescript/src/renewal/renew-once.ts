import { isDeepStrictEqual } from 'node:util'
import { parseCertificate } from '../../../../src/core/x509/certificate.ts'
import { formatSerialNumber } from '../../../../src/core/x509/serial-number.ts'
import { type RenewalWindow, renewalWindow } from '../../../../src/core/issuance/renewal-window.ts'
import type { FeedPorts } from '../../../../src/feed/ports.ts'
import { IdentityError } from '../../../../src/identity/identity-error.ts'
import { swapIdentity } from '../../../../src/identity/identity-folder.ts'
import { toIdentityFiles } from '../../../../src/rpc/issue-certificate.ts'
import { readScopes } from '../../../../src/rpc/read-scopes.ts'
import type { UnaryCaller } from '../../../../src/rpc/unary-caller.ts'
import { type ClientIdentity, type HeldIdentity, readParts } from '../identity/client-identity.ts'
import { quietPorts } from '../quiet-ports.ts'
import { askOnce } from './ask-once.ts'
import type { PendingFault } from './pending-renewal.ts'

/** What to ask for. Everything absent is as in the certificate before, or the authority's default. */
export interface RenewalRequest {
  readonly profile?: string | undefined
  /** In seconds. Default: that of the profile. */
  readonly validitySeconds?: number | undefined
  /** The clock, for tests. */
  readonly ports?: Pick<FeedPorts, 'now'>
  /** Told why a renewal that was begun before is not gone on with, and another begun in its place. */
  readonly onPendingRefused?: (fault: PendingFault) => void
}

/**
 * Gets a certificate for a new key of the same type, with exactly the same scopes, and puts the pair in place of the old one: first in the folder, in one step that a crash leaves done or
 * not done, then in memory. Returns when the authority suggests to do so again.
 *
 * A call that follows one that failed, or that ended with its process, gets the certificate that was issued for that one, if there was one and it is still good: key and question are kept in the
 * folder, in `.renewal.json` (mode 0600), until the pair is in force.
 *
 * The old certificate stays good until its end, for requests that are on their way.
 *
 * @throws ChanceryError, IdentityError, or what the file system says; then nothing has changed
 */
export async function renewOnce(
  identity: ClientIdentity,
  authority: UnaryCaller,
  { profile, validitySeconds, ports = quietPorts, onPendingRefused = () => undefined }: RenewalRequest = {},
): Promise<RenewalWindow> {
  const before = identity.current()
  if (before.privateKey === undefined) {
    throw new IdentityError(
      'KEY_UNREADABLE',
      'The key of this identity is behind a function, and only whoever made it can make another.',
      'Renew it where the key is, and hand the new certificate to `identity.replace`.',
    )
  }
  const leaf = parseCertificate(before.credential.chain[0]!)
  const scopes = await readScopes(authority, leaf)
  const wanted = {
    clientId: before.clientId,
    scopes,
    profile,
    validitySeconds,
    replacesSerialNumber: formatSerialNumber(leaf.serialNumber),
  }
  const { issued, key, done } = await askOnce(identity, authority, before.privateKey.type, wanted, {
    now: () => ports.now(),
    onPendingRefused,
  })
  requireSame('other scopes', scopes, await readScopes(authority, parseCertificate(issued.certificateDer)))
  const files = await toIdentityFiles(authority, issued, key)
  const next = await readParts({ key: key.key, certificate: files.certificatePem, ca: files.caPem })
  requireSame('another client', before.clientId, next.clientId)
  if (identity.directory !== undefined) await swapIdentity(identity.directory, files)
  identity.replace(next)
  await done()
  const { start, end } = issued.renewalWindow ?? {}
  return start && end ? { start, end } : windowOf(next)
}

/** The window of a certificate that nobody suggested one for: from two thirds to five sixths of its life. */
export function windowOf({ notBefore, notAfter }: HeldIdentity): RenewalWindow {
  return renewalWindow(notBefore, notAfter)
}

/** Whatever a service sends, the same client goes on with the same rights. */
function requireSame(otherwise: string, before: unknown, next: unknown): void {
  if (isDeepStrictEqual(before, next)) return
  throw new IdentityError(
    'MISMATCHED',
    `The certificate that the service sent has ${otherwise} than the one before; it was not taken.`,
    'Do not trust this service before you know why.',
  )
}
