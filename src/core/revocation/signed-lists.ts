import type { TrustBundle } from '../decision/trust-bundle.ts'
import { MalformedError } from '../errors.ts'
import { parseCrl } from '../x509/crl.ts'
import { type AuthenticList, authenticateList, listIssuers } from './authenticate-list.ts'

/** A list that proves nothing, and why. */
export interface RejectedList {
  /** Its place among those given. */
  readonly index: number
  /** Authorities whose list it claims to be; `undefined` if it cannot be read, so that it may be anyone's. */
  readonly authorityIds: readonly string[] | undefined
  readonly defect: string
  readonly message: string
}

/** Lists as they were given, sorted into those that prove something and those that do not. */
export interface SignedLists {
  readonly authentic: readonly AuthenticList[]
  readonly rejected: readonly RejectedList[]
}

/** Reads any number of lists, complete or delta, in any order. One that is bad does not spoil the others. */
export async function readSignedLists(ders: readonly Uint8Array[], trust: TrustBundle): Promise<SignedLists> {
  const authentic: AuthenticList[] = []
  const rejected: RejectedList[] = []
  for (const [index, der] of ders.entries()) {
    try {
      authentic.push(await authenticateList(der, trust))
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
      const { defect, message } = error
      rejected.push({ index, authorityIds: claimedAuthorities(der, trust), defect, message })
    }
  }
  return { authentic, rejected }
}

function claimedAuthorities(der: Uint8Array, trust: TrustBundle): readonly string[] | undefined {
  try {
    return listIssuers(parseCrl(der), trust).map((issuer) => trust.authorityId(issuer)!)
  } catch (error) {
    if (error instanceof MalformedError) return undefined
    throw error
  }
}
