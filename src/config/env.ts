const PREFIX = 'CHANCERY_'

/** Variables of the environment that are ours, by full name. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Copies what is ours out of the environment. The only place that reads `process.env`, so that everything else can be
 * given an environment by a test.
 */
export function readEnvironment(): Environment {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith(PREFIX)))
}

/** `crlLifetimeSeconds` is read from `CHANCERY_CRL_LIFETIME_SECONDS`. */
export function environmentName(key: string): string {
  return PREFIX + key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}
