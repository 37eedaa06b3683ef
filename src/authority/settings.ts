/** What the operator decides and the use cases need. Validated by `config/`. */
export interface AuthoritySettings {
  /** Base URL of the public artefacts, without a trailing slash; absent: certificates carry no URLs. */
  readonly publicUrl: string | undefined
  /** Whether certificates point to the OCSP responder under the public URL. */
  readonly ocspInCertificates: 'on' | 'off'
  readonly ocspLifetimeSeconds: number
  /** DNS names and addresses in the service's own certificate: what its callers dial. */
  readonly serverNames: readonly string[]
  readonly backdateSeconds: number
  /** Certificates that one client may have in force or on hold at once. */
  readonly maxCertificatesPerClient: number
  readonly crlLifetimeSeconds: number
  readonly crlCoalesceMs: number
  readonly crlCompleteSeconds: number
  readonly crlDeltasPerComplete: number
  /** How many parts the lists that certificates name are split into; 0: certificates name the whole list. */
  readonly crlShards: number
  readonly checkpointSeconds: number
  readonly streamMaxAgeSeconds: number
  /** Tokens that one client gets for itself in a minute. */
  readonly tokensPerMinute: number
  /** How long a key for tokens signs, 0 for ever, and is published before. */
  readonly tokenKeySeconds: number
  readonly tokenKeyPrepublishSeconds: number
}
