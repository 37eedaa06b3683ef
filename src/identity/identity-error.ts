/** What is wrong with an identity, a key, or a request that is to be signed with it. */
export type IdentityFault =
  /** The folder, or a file of it, is not there. */
  | 'NOT_FOUND'
  /** Others on this machine may read the private key. */
  | 'KEY_EXPOSED'
  /** A file does not hold what its name says. */
  | 'UNREADABLE'
  /** Key and certificate do not belong together. */
  | 'MISMATCHED'
  /** Something of that name is there already. */
  | 'OCCUPIED'
  /** Another process is replacing the identity. */
  | 'BUSY'
  /** No private key, or one behind a passphrase. */
  | 'KEY_UNREADABLE'
  /** A key of a type that Chancery does not certify. */
  | 'KEY_TYPE_REFUSED'
  /** A method or URL that HTTP cannot send as it is, so that no signature over it could hold. */
  | 'REQUEST_UNSENDABLE'

/** An identity that cannot be used. `message` says what failed and why, `advice` what to do; neither holds a part of a key. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError'
  readonly fault: IdentityFault
  readonly advice: string | undefined

  constructor(fault: IdentityFault, message: string, advice?: string) {
    super(message)
    this.fault = fault
    this.advice = advice
  }
}
