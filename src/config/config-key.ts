import type { ValueType } from './value-types.ts'

/** One thing that can be configured. The documentation of the keys is made from these. */
export interface ConfigKey<T, Default> {
  readonly type: ValueType<T>
  /** As it would be written in the file. `undefined`: off unless given. */
  readonly fallback: Default
  readonly meaning: string
  readonly unit?: string
  /** Why the default is what it is. */
  readonly why: string
  /** The flag of `chancery serve`, if it has one. */
  readonly flag?: string
  /** Where it cannot be given: `dataDir` says where the file is, and secrets belong in neither file nor flag. */
  readonly notInFile?: true
  readonly notAsFlag?: true
  /** Never shown. */
  readonly secret?: true
}

/** Keeps the types of a key's value and default. */
export function key<T, Default>(definition: ConfigKey<T, Default>): ConfigKey<T, Default> {
  return definition
}
