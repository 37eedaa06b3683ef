import { parseHex } from '../core/bytes.ts'
import { assembleCertList, certListPieces } from '../core/issuance/assemble.ts'
import { wholeSeconds } from '../core/issuance/plan.ts'
import {
  type TbsCertListInput,
  encodeCrlEntry,
  encodeTbsCertList,
  frameTbsCertList,
} from '../core/revocation/encode-crl.ts'
import type { CrlShard } from '../core/revocation/crl-shard.ts'
import type { CrlRecord, CrlStore, SignedList } from '../store/store.ts'
import { type PublicSettings, artefactUrls } from './artefact-urls.ts'
import type { IssuingAuthority } from './issuing-authority.ts'
import type { AuthoritySettings } from './settings.ts'

/**
 * What the lists of one number have in common, complete and delta: lists of the same issuer that differ in `thisUpdate` must have different
 * numbers (RFC 5280 section 5.2.3).
 */
export interface CrlState {
  readonly authorityId: string
  readonly crlNumber: bigint
  readonly thisUpdate: Date
  readonly nextUpdate: Date
}

/** What changed from the list of one number to that of another, signed. */
export interface SignedDelta {
  readonly baseCrlNumber: bigint
  readonly state: CrlState
  /** 0: nothing has changed, and this proves it. */
  readonly entryCount: number
  readonly der: Uint8Array
}

export interface SignCrlDependencies {
  readonly store: { readonly crls: Pick<CrlStore, 'assemble' | 'changes'> }
  readonly settings: PublicSettings & Pick<AuthoritySettings, 'crlLifetimeSeconds'>
}

/** The state that a number begins at `now`. */
export function beginState(
  authorityId: string,
  crlNumber: bigint,
  now: Date,
  lifetimeSeconds: number,
): CrlState {
  const thisUpdate = new Date(wholeSeconds(now))
  const nextUpdate = new Date(thisUpdate.getTime() + lifetimeSeconds * 1000)
  return { authorityId, crlNumber, thisUpdate, nextUpdate }
}

/** Signs the complete list of a state. */
export async function signCompleteList(
  deps: SignCrlDependencies,
  authority: IssuingAuthority,
  state: CrlState,
): Promise<SignedList> {
  const { deltaCrlUrl } = artefactUrls(deps.settings, authority.id)
  return signAssembled(deps, authority, state, { freshestCrlUrl: deltaCrlUrl })
}

/** Signs the list of a part of a state, known under these URLs. It names no delta: those speak of all certificates, and have another scope. */
export async function signShard(
  deps: SignCrlDependencies & { readonly store: { readonly crls: Pick<CrlStore, 'join'> } },
  authority: IssuingAuthority,
  state: CrlState,
  { shard, urls }: { readonly shard: CrlShard; readonly urls: readonly string[] },
): Promise<CrlRecord> {
  return deps.store.crls.join(
    await signAssembled(deps, authority, state, { distributionPointUrls: urls }, shard),
  )
}

async function signAssembled(
  deps: SignCrlDependencies,
  authority: IssuingAuthority,
  state: CrlState,
  scope: Pick<TbsCertListInput, 'freshestCrlUrl' | 'distributionPointUrls'>,
  shard?: CrlShard,
): Promise<SignedList> {
  // An expired certificate stays on the list for one more lifetime, so that it is on at least one list issued after it expired (RFC 5280
  // section 3.3).
  const expiredBefore = new Date(state.thisUpdate.getTime() - deps.settings.crlLifetimeSeconds * 1000)
  const frame = frameTbsCertList({ ...fieldsOf(authority, state), ...scope })
  const { tbs, entryCount } = await deps.store.crls.assemble(
    authority.id,
    state.crlNumber,
    expiredBefore,
    frame,
    shard,
  )
  const { signer } = authority
  return { ...state, entryCount, pieces: certListPieces(tbs, signer.algorithm, await signer.sign(tbs)) }
}

/** Signs what changed from `baseCrlNumber` to a state; `undefined` if that is more than `limit` entries. */
export async function signDelta(
  deps: SignCrlDependencies,
  authority: IssuingAuthority,
  baseCrlNumber: bigint,
  state: CrlState,
  limit: number,
): Promise<SignedDelta | undefined> {
  const changes = await deps.store.crls.changes(authority.id, baseCrlNumber, state.crlNumber, limit)
  if (changes === undefined) return undefined
  const entries = changes.map((entry) =>
    encodeCrlEntry({ ...entry, serialNumber: parseHex(entry.serialNumber)! }),
  )
  const tbs = encodeTbsCertList({ ...fieldsOf(authority, state), baseCrlNumber, entries })
  const { signer } = authority
  const der = assembleCertList(tbs, signer.algorithm, await signer.sign(tbs))
  return { baseCrlNumber, state, entryCount: changes.length, der }
}

/** What every list of a state has. */
function fieldsOf(
  { certificate, signer }: IssuingAuthority,
  { thisUpdate, nextUpdate, crlNumber }: CrlState,
) {
  return {
    algorithm: signer.algorithm,
    issuerNameDer: certificate.subject.der,
    issuerKeyIdentifier: certificate.subjectKeyIdentifier!,
    thisUpdate,
    nextUpdate,
    crlNumber,
  }
}
