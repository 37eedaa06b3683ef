import { type Config, ConfigError } from '../config/config.ts'
import type { Environment } from '../config/env.ts'
import { type ConfigOptions, loadConfig } from '../config/load-config.ts'
import { usageError } from './cli-error.ts'

/** Folder of the authority when none is named. */
export const DEFAULT_DATA = '.chancery'

/** Decides the configuration, and explains what is wrong with it as a mistake on the command line. */
export async function decideConfig(
  options: ConfigOptions,
  environment: Environment,
  passphrase: string | undefined,
): Promise<Config> {
  try {
    return await loadConfig({ options, environment, passphrase })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw usageError(error.message, 'docs/config.md lists every key with its range.')
  }
}

/** The options that the configuration knows, out of all that a verb was given. */
export function configOptions({
  config,
  data,
  listen,
  http,
  admin,
  oauth,
  publicUrl,
}: ConfigOptions): ConfigOptions {
  return {
    ...(config === undefined ? {} : { config }),
    ...(data === undefined ? {} : { data }),
    ...(listen === undefined ? {} : { listen }),
    ...(http === undefined ? {} : { http }),
    ...(admin === undefined ? {} : { admin }),
    ...(oauth === undefined ? {} : { oauth }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
  }
}
