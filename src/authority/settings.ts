/** What the operator decides and the use cases need. Validated by `config/`. */
export interface AuthoritySettings {
  /** Base URL of the public artefacts, without a trailing slash; absent: certificates carry no URLs. */
  readonly publicUrl: string | undefined
  readonly backdateSeconds: number
  readonly crlLifetimeSeconds: number
  readonly crlCoalesceMs: number
  readonly checkpointSeconds: number
}
