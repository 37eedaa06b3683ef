import type { NamedAlgorithm } from '../x509/named-signature.ts'
import type { ForwardedCertificate } from './forwarded-certificate/forwarded-certificate.ts'
import type { HttpRequest } from './http-request.ts'
import type { RequestScheme } from './rfc9421/http-message.ts'

/** Certificates as someone sent them: DER, leaf first, nothing checked. */
export type OfferedChain = readonly Uint8Array[]

/** What a signature is over: a message, or its SHA-256 where the message itself is elsewhere. */
export type SignedData =
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  | { readonly kind: 'sha256'; readonly digest: Uint8Array }

/** A signature over something that both sides know, for protocols that are not HTTP. */
export interface DetachedCredential {
  readonly kind: 'detached'
  readonly chain: OfferedChain
  readonly signed: SignedData
  readonly signature: Uint8Array
  /** Absent: the default of the certificate's key. ECDSA signatures are DER. */
  readonly algorithm: NamedAlgorithm | undefined
  /** Absent: no replay check. */
  readonly nonce: string | undefined
  /** Absent: no age check. Must be there when `nonce` is: a nonce cannot be remembered for ever. */
  readonly signedAt: Date | undefined
}

/** A certificate whose key was proved by TLS at the resource server. */
export interface PresentedCredential {
  readonly kind: 'presented'
  readonly chain: OfferedChain
}

/** A certificate whose key was proved by TLS at a proxy, in the header that the proxy made of it. */
export interface ForwardedCredential extends ForwardedCertificate {
  readonly kind: 'forwarded'
}

/** An HTTP request signed in the simple profile. */
export interface SimpleCredential {
  readonly kind: 'simple'
  readonly request: HttpRequest
}

/** An HTTP request signed by our profile of RFC 9421. */
export interface MessageCredential {
  readonly kind: 'rfc9421'
  readonly request: HttpRequest
  readonly scheme: RequestScheme
}

/** An access token, and the certificate that TLS or a proxy proved beside it, if any. */
export interface BearerCredential {
  readonly kind: 'bearer'
  /** The compact JWT as it came, nothing checked. */
  readonly token: string
  readonly certificate: ForwardedCredential | PresentedCredential | undefined
}

/** Who is asking and how they prove it, as the resource server received it. */
export type Credential = BearerCredential | CertificateCredential

/** The credentials that are a certificate, and the proof that its key was at hand. */
export type CertificateCredential =
  DetachedCredential | ForwardedCredential | MessageCredential | PresentedCredential | SimpleCredential
