import type { BareItem, InnerList } from '../structured-field/value.ts'
import { SIGNATURE_TAG, requiredComponents } from './message-profile.ts'

/** What a signature of our profile says of itself. Times are Unix seconds. */
export interface SignatureClaims {
  readonly created: number
  readonly expires: number
  readonly nonce: string
  readonly keyid: string
  readonly alg: string
}

/** The Signature-Input of our profile for a request with or without a body: what is required, and no more. */
export function composeSignatureInput(hasBody: boolean, claims: SignatureClaims): InnerList {
  const text = (value: string): BareItem => ({ kind: 'string', text: value })
  const seconds = (value: number): BareItem => ({ kind: 'integer', value })
  return {
    kind: 'inner_list',
    items: requiredComponents(hasBody).map((name) => ({
      kind: 'item',
      value: text(name),
      parameters: new Map(),
    })),
    parameters: new Map([
      ['created', seconds(claims.created)],
      ['expires', seconds(claims.expires)],
      ['nonce', text(claims.nonce)],
      ['keyid', text(claims.keyid)],
      ['alg', text(claims.alg)],
      ['tag', text(SIGNATURE_TAG)],
    ]),
  }
}
