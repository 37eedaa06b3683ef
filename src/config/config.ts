import { isShardCount } from '../core/revocation/crl-shard.ts'
import { type Environment, environmentName } from './env.ts'
import type { ConfigKey } from './config-key.ts'
import { type ConfigKeyName, CONFIG_KEYS } from './keys.ts'
import { nearestName } from './nearest-name.ts'

type ValueOf<K> =
  K extends ConfigKey<infer T, infer Default> ? (Default extends undefined ? T | undefined : T) : never

/** Everything that was decided from outside, checked. */
export type Config = { readonly [K in ConfigKeyName]: ValueOf<(typeof CONFIG_KEYS)[K]> }

/** Where values come from, strongest first. */
export interface ConfigSources {
  /** By key, as text or as value. `undefined` counts as not given. */
  readonly flags: Readonly<Record<string, unknown>>
  readonly environment: Environment
  /** What the file holds; `undefined`: there is none. */
  readonly file: unknown
  /** What the file is called in error messages. */
  readonly fileName: string
}

/** The configuration cannot be used. Names everything that is wrong, not only the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

const NAMES = Object.keys(CONFIG_KEYS) as ConfigKeyName[]

/**
 * Merges flags over environment over file over defaults, and checks every value.
 *
 * Unknown keys of flags and file are refused. Unknown variables are not: orchestrators put their own into the environment,
 * such as `CHANCERY_SERVICE_HOST` for a service called chancery.
 *
 * @throws {@link ConfigError}
 */
export function parseConfig(sources: ConfigSources): Config {
  const problems: string[] = []
  const file = fileKeys(sources, problems)
  refuseUnknown(Object.keys(sources.flags), 'flags', problems)
  refuseMisplaced(sources, file, problems)

  const config: Record<string, unknown> = {}
  for (const name of NAMES) {
    const definition: ConfigKey<unknown, unknown> = CONFIG_KEYS[name]
    const given = pick(name, definition, sources, file)
    if (given === undefined) {
      config[name] = undefined
      continue
    }
    const parsed = definition.type.schema.safeParse(given.value)
    if (parsed.success) config[name] = parsed.data
    else problems.push(`${name} (${given.source}) ${parsed.error.issues[0]?.message ?? 'is not valid'}.`)
  }

  if (problems.length > 0) throw new ConfigError(problems)
  const checked = config as unknown as Config
  const conflicts = findConflicts(checked)
  if (conflicts.length > 0) throw new ConfigError(conflicts)
  return checked
}

function pick(
  name: ConfigKeyName,
  { type, fallback }: ConfigKey<unknown, unknown>,
  { flags, environment, fileName }: ConfigSources,
  file: Readonly<Record<string, unknown>>,
): { value: unknown; source: string } | undefined {
  const flag = flags[name]
  if (flag !== undefined) {
    return { value: typeof flag === 'string' ? type.fromText(flag) : flag, source: 'flag' }
  }
  const variable = environmentName(name)
  const text = environment[variable]
  if (text !== undefined) return { value: type.fromText(text), source: variable }
  if (file[name] !== undefined) return { value: file[name], source: fileName }
  return fallback === undefined ? undefined : { value: fallback, source: 'default' }
}

function fileKeys({ file, fileName }: ConfigSources, problems: string[]): Readonly<Record<string, unknown>> {
  if (file === undefined || file === null) return {}
  if (typeof file !== 'object' || Array.isArray(file)) {
    problems.push(`${fileName} must hold keys and values.`)
    return {}
  }
  refuseUnknown(Object.keys(file), fileName, problems)
  return file as Record<string, unknown>
}

/** Secrets belong in neither file nor process list, and the file cannot say where the file is. */
function refuseMisplaced(
  { flags, fileName }: ConfigSources,
  file: Readonly<Record<string, unknown>>,
  problems: string[],
): void {
  for (const name of NAMES) {
    const definition: ConfigKey<unknown, unknown> = CONFIG_KEYS[name]
    const instead = definition.flag ?? environmentName(name)
    if (definition.notInFile === true && Object.hasOwn(file, name)) {
      problems.push(`${name} cannot be set in ${fileName}: use ${instead}.`)
    }
    if (definition.notAsFlag === true && flags[name] !== undefined) {
      problems.push(`${name} cannot be a flag, which every process on the machine can read: use ${instead}.`)
    }
  }
}

function refuseUnknown(given: readonly string[], source: string, problems: string[]): void {
  for (const name of given) {
    if (Object.hasOwn(CONFIG_KEYS, name)) continue
    const meant = nearestName(name, NAMES)
    problems.push(`${name} (${source}) is not a key${meant === undefined ? '' : `; did you mean ${meant}`}.`)
  }
}

function findConflicts(config: Config): string[] {
  const conflicts: string[] = []
  if (config.checkpointSeconds >= config.crlLifetimeSeconds) {
    conflicts.push(
      'checkpointSeconds must be less than crlLifetimeSeconds: a checkpoint refreshes a list that still holds.',
    )
  }
  if (config.crlShards > 0 && !isShardCount(config.crlShards))
    conflicts.push('crlShards must be 0 or a power of two.')
  if (config.crlShards > 0 && config.publicUrl === undefined)
    conflicts.push('crlShards needs publicUrl: certificates name the parts by it.')
  if (config.tokenKeySeconds > 0 && config.tokenKeyPrepublishSeconds >= config.tokenKeySeconds) {
    conflicts.push(
      'tokenKeyPrepublishSeconds must be less than tokenKeySeconds: each key is published while the one before it signs.',
    )
  }
  return conflicts
}
