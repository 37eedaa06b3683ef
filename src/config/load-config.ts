import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { type Config, ConfigError, parseConfig } from './config.ts'
import { type Environment, environmentName, readEnvironment } from './env.ts'
import { CONFIG_KEYS } from './keys.ts'

/** Name of the optional file in the data folder. */
export const CONFIG_FILE_NAME = 'chancery.yaml'

/** Flags of `chancery serve`, by their own names. */
export interface ConfigOptions {
  /** Another file than `chancery.yaml` in the data folder. It must be there. */
  readonly config?: string
  readonly data?: string
  readonly listen?: string
  readonly http?: string
  readonly admin?: string
  readonly oauth?: string
  readonly publicUrl?: string
}

/**
 * Reads the configuration: flags, then the environment, then the file, then the defaults.
 *
 * @param passphrase - Of the keys, when it was asked for at the terminal; wins over the environment.
 * @throws {@link ConfigError} with everything that is wrong
 */
export async function loadConfig({
  options,
  passphrase,
  environment = readEnvironment(),
}: {
  readonly options: ConfigOptions
  readonly passphrase?: string | undefined
  readonly environment?: Environment
}): Promise<Config> {
  const { config: chosenFile, data: dataDir, ...flags } = options
  const folder = dataDir ?? environment[environmentName('dataDir')] ?? CONFIG_KEYS.dataDir.fallback
  const fileName = chosenFile ?? join(folder, CONFIG_FILE_NAME)
  const secret = passphrase === undefined ? {} : { [environmentName('keyPassphrase')]: passphrase }
  return parseConfig({
    flags: { ...flags, dataDir },
    environment: { ...environment, ...secret },
    file: await readYaml(fileName, chosenFile !== undefined),
    fileName,
  })
}

async function readYaml(fileName: string, required: boolean): Promise<unknown> {
  let text: string
  try {
    text = await readFile(fileName, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    if (!required && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined
    throw new ConfigError([`${fileName} cannot be read (${code}).`])
  }
  const document = parseDocument(text, { uniqueKeys: true })
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map(({ message }) => `${fileName}: ${message.split('\n')[0] ?? 'not YAML'}`),
    )
  }
  try {
    // Aliases have no use in a flat file, and let a small file grow without end.
    return document.toJS({ maxAliasCount: 0 }) as unknown
  } catch {
    throw new ConfigError([`${fileName} uses YAML aliases, which are not allowed here.`])
  }
}
