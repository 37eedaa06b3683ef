import { X509Certificate, createPrivateKey } from 'node:crypto'
import { constants } from 'node:crypto'
import { type SecureContextOptions, createSecureContext } from 'node:tls'

/** What the server proves itself with. Key and chain belong together and are only ever replaced together. */
export interface ServerIdentity {
  /** PKCS#8, unencrypted, PEM. */
  readonly privateKeyPem: string
  /** Leaf first, then intermediates, PEM. */
  readonly certificateChainPem: string
}

/** The TLS side of the server, with an identity that can be replaced while it runs. */
export interface ServerCredentials {
  /** Options for new handshakes; always a whole set. */
  readonly context: SecureContextOptions
  /** `notAfter` of the certificate in use. */
  readonly notAfter: Date
  /**
   * New connections get this identity, open ones go on with theirs. Throws, and changes nothing, if the key does not fit
   * the certificate.
   */
  swap(identity: ServerIdentity): void
  onSwap(listener: (context: SecureContextOptions) => void): void
}

// TLS 1.2 with forward secrecy and AEAD only; the TLS 1.3 suites are all good.
const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':')

export function createServerCredentials(identity: ServerIdentity): ServerCredentials {
  const listeners: ((context: SecureContextOptions) => void)[] = []
  let current = contextOf(identity)
  return {
    get context() {
      return current.context
    },
    get notAfter() {
      return current.notAfter
    },
    swap(next) {
      current = contextOf(next)
      for (const listener of listeners) listener(current.context)
    },
    onSwap(listener) {
      listeners.push(listener)
    },
  }
}

function contextOf(identity: ServerIdentity): { context: SecureContextOptions; notAfter: Date } {
  const leaf = new X509Certificate(identity.certificateChainPem)
  if (!leaf.checkPrivateKey(createPrivateKey(identity.privateKeyPem))) {
    throw new Error('The private key does not belong to the server certificate. Replace both together.')
  }
  const context: SecureContextOptions = {
    key: identity.privateKeyPem,
    cert: identity.certificateChainPem,
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    honorCipherOrder: true,
    // No tickets: a resumed session carries the peer's certificate without the intermediates it had sent. No renegotiation:
    // the identity of a TLS 1.2 connection never changes under open calls.
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  }
  createSecureContext(context)
  return { context, notAfter: leaf.validToDate }
}
