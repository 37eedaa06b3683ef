/** One thing that `doctor` looked at. */
export interface Finding {
  readonly check: string
  /** `note` is worth knowing and not wrong. */
  readonly verdict: 'ok' | 'note' | 'bad'
  readonly detail: string
  readonly advice?: string
}
