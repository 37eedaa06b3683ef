import { createClient } from '../../src/authority/create-client.ts'
import type { PublishedCrl } from '../../src/authority/crl-feed.ts'
import { issueCertificate } from '../../src/authority/issue-certificate.ts'
import { revokeCertificate } from '../../src/authority/revoke-certificate.ts'
import { formatHex } from '../../src/core/bytes.ts'
import { parseCrl } from '../../src/core/x509/crl.ts'
import { ADMIN, START, buildUseCases, issueRequest } from './build-use-cases.ts'

/** Use cases with a client, `alice`, whose certificates can be revoked in one step. */
export async function buildRevokingAuthority(options: { publicUrl?: string; crlShards?: number } = {}) {
  const deps = await buildUseCases(options)
  await createClient(deps, ADMIN, {
    clientId: 'alice',
    displayName: '',
    grantedScopes: ['a.b'],
    profiles: ['client', 'short'],
    dnsNames: [],
  })
  // The first lists were made at START; whatever comes next is not to be coalesced with them.
  await deps.time.advance(1000)
  /** Complete lists that were published since then. */
  const lists: PublishedCrl[] = []
  deps.feed.subscribe(({ authorityId }) => {
    const list = deps.feed.complete(authorityId)!
    if (list.thisUpdate > START && !lists.some((known) => known.der === list.der)) lists.push(list)
  })
  const revokeNew = async (profile = 'client') => {
    const issued = await issueCertificate(deps, ADMIN, issueRequest({ profile }))
    const { serialNumber } = issued.certificate!
    const result = await revokeCertificate(deps, ADMIN, {
      target: { kind: 'serial', serialNumber, authority: '' },
      reason: 'keyCompromise',
      invalidityDate: undefined,
      expectedCount: undefined,
      dryRun: false,
    })
    return { serialNumber, crlNumber: result.crlNumber }
  }
  return { ...deps, lists, revokeNew }
}

/** The serial numbers of a list with their reasons, ordered. */
export function listedIn(der: Uint8Array): string[] {
  const entries = [...parseCrl(der).entries()]
  return entries.map(({ serialNumber, reason }) => `${formatHex(serialNumber)} ${reason ?? ''}`).sort()
}
