import { DomainError } from '../errors.ts'
import { MIN_VALIDITY_SECONDS } from '../limits.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** What a certificate may be used for. */
export type ProfileUsage = 'clientAuth' | 'serverAuth'

/** A profile as written down, not yet checked. */
export interface ProfileDefinition {
  readonly name: string
  readonly extendedKeyUsage: readonly ProfileUsage[]
  readonly defaultValiditySeconds: number
  readonly maxValiditySeconds: number
  /** Whether DNS names and IP addresses that the client is allowed are carried. */
  readonly carriesHostNames: boolean
}

declare const checked: unique symbol

/** A profile that {@link buildProfile} has checked; nothing else makes one. */
export type Profile = ProfileDefinition & { readonly [checked]: true }

/**
 * Checks a profile when it is defined, so that no certificate is ever planned by an impossible one.
 *
 * @throws RangeError saying what is wrong; a wrong profile is a bug or a wrong configuration, not a caller's mistake.
 */
export function buildProfile(definition: ProfileDefinition): Profile {
  const { name, extendedKeyUsage, defaultValiditySeconds, maxValiditySeconds, carriesHostNames } = definition
  const refuse = (why: string): never => {
    throw new RangeError(`profile ${JSON.stringify(name)}: ${why}`)
  }
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(name)) refuse('a name is 1-32 characters of a-z, 0-9 and -')
  if (extendedKeyUsage.length === 0) refuse('a certificate without extended key usage is good for everything')
  if (new Set(extendedKeyUsage).size !== extendedKeyUsage.length)
    refuse('an extended key usage is given twice')
  if (!Number.isSafeInteger(defaultValiditySeconds) || !Number.isSafeInteger(maxValiditySeconds)) {
    refuse('validity is counted in whole seconds')
  }
  if (defaultValiditySeconds < MIN_VALIDITY_SECONDS) refuse(`validity is at least ${MIN_VALIDITY_SECONDS} s`)
  if (maxValiditySeconds < defaultValiditySeconds) refuse('the default validity is above the cap')
  if (carriesHostNames && !extendedKeyUsage.includes('serverAuth')) refuse('host names are for servers')
  return Object.freeze({ ...definition }) as Profile
}

const PROFILES: ReadonlyMap<string, Profile> = new Map(
  [
    // Months, renewed at two thirds; the cap of 397 days is what public CAs settled on as "a year and the time to renew".
    buildProfile({
      name: 'client',
      extendedKeyUsage: ['clientAuth'],
      defaultValiditySeconds: 90 * DAY,
      maxValiditySeconds: 397 * DAY,
      carriesHostNames: false,
    }),
    // serverAuth alone: a server that also calls others holds a second certificate, so that a stolen one does one thing only.
    buildProfile({
      name: 'server',
      extendedKeyUsage: ['serverAuth'],
      defaultValiditySeconds: 90 * DAY,
      maxValiditySeconds: 397 * DAY,
      carriesHostNames: true,
    }),
    // So short that it need not be revoked. The cap lets an operator bind a client to this profile for a working day.
    buildProfile({
      name: 'short',
      extendedKeyUsage: ['clientAuth'],
      defaultValiditySeconds: 30,
      maxValiditySeconds: 24 * HOUR,
      carriesHostNames: false,
    }),
  ].map((profile) => [profile.name, profile]),
)

/** Profile of those who ask for none, and the only one of a client without a list of profiles. */
export const DEFAULT_PROFILE = 'client'

/** Names of all profiles. */
export const PROFILE_NAMES: readonly string[] = [...PROFILES.keys()]

/**
 * Finds a profile; empty means the default one.
 *
 * @throws {@link DomainError} PROFILE_UNKNOWN
 */
export function findProfile(name: string): Profile {
  const profile = PROFILES.get(name === '' ? DEFAULT_PROFILE : name)
  if (!profile) {
    const cut = name.slice(0, 64)
    throw new DomainError(
      'PROFILE_UNKNOWN',
      `no profile ${JSON.stringify(cut)}; there are ${PROFILE_NAMES.join(', ')}`,
      {
        profile: cut,
      },
    )
  }
  return profile
}

/** Longer than this no client's certificate lives. */
export function longestValiditySeconds(): number {
  return Math.max(...[...PROFILES.values()].map(({ maxValiditySeconds }) => maxValiditySeconds))
}

/**
 * Settles how long a certificate is valid: what was asked for, or the profile's default.
 *
 * @throws {@link DomainError} VALIDITY_OUT_OF_RANGE unless it is whole seconds between 10 and the profile's cap.
 */
export function resolveValidity(profile: Profile, requestedSeconds: number | undefined): number {
  if (requestedSeconds === undefined) return profile.defaultValiditySeconds
  const { maxValiditySeconds } = profile
  if (
    !Number.isSafeInteger(requestedSeconds) ||
    requestedSeconds < MIN_VALIDITY_SECONDS ||
    requestedSeconds > maxValiditySeconds
  ) {
    throw new DomainError(
      'VALIDITY_OUT_OF_RANGE',
      `profile ${profile.name} allows whole seconds from ${MIN_VALIDITY_SECONDS} to ${maxValiditySeconds}`,
      {
        field: 'validity',
        min_seconds: String(MIN_VALIDITY_SECONDS),
        max_seconds: String(maxValiditySeconds),
      },
    )
  }
  return requestedSeconds
}
