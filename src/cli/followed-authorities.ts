import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuthorityServiceService } from '../gen/chancery/v1/authority_service.ts'
import { formatBase64, parseBase64 } from '../core/bytes.ts'
import { parseCertificate } from '../core/x509/certificate.ts'
import { validatePath } from '../core/x509/path/validate-path.ts'
import { DEFAULT_CHECKPOINT_SECONDS } from '../core/limits.ts'
import { MAX_TOLD_CHECKPOINT_SECONDS } from '../core/revocation/feed-limits.ts'
import type { FollowedAuthority } from '../feed/authority-lists.ts'
import { writeFileAtomically } from '../files/write-file.ts'
import { CliError } from './cli-error.ts'
import type { CommandContext } from './command-context.ts'
import { EXIT } from './exit-code.ts'
import { explainError } from './explain-error.ts'
import { decodePem } from '../core/pem.ts'

/** Whom to follow, and how often a stream of theirs has a sign of life. */
export interface Followed {
  readonly authorities: readonly FollowedAuthority[]
  readonly checkpointSeconds: number
}

/**
 * The authorities whose lists are to be followed, all of them if none is named. With a state folder they are remembered in it, so that the next start does
 * without the service.
 */
export async function readFollowedAuthorities(
  context: CommandContext,
  wanted: readonly string[],
  stateDirectory: string | undefined,
): Promise<Followed> {
  const { authorities: known, checkpointSeconds } = await askService(context, stateDirectory)
  const missing = wanted.find((id) => known.every((authority) => authority.id !== id))
  if (missing !== undefined) {
    throw new CliError(`There is no authority ${missing}.`, {
      exitCode: EXIT.notFound,
      advice: 'See `chancery authority list` for the ids.',
    })
  }
  const authorities = known.filter(({ id }) => wanted.length === 0 || wanted.includes(id))
  return { authorities, checkpointSeconds }
}

async function askService(context: CommandContext, stateDirectory: string | undefined): Promise<Followed> {
  try {
    const rpc = await context.connect()
    const bundle = await rpc.call(AuthorityServiceService.getTrustBundle, {})
    const name = (ids: readonly string[], ders: readonly Uint8Array[]) =>
      ders.map((der, i) => ({ id: ids[i] ?? '', certificate: parseCertificate(der) }))
    const known = {
      authorities: [
        ...name(bundle.rootIds, bundle.rootsDer),
        ...name(bundle.intermediateIds, bundle.intermediatesDer),
      ],
      checkpointSeconds: boundInterval(Number(bundle.checkpointInterval?.seconds ?? 0)),
    }
    if (stateDirectory !== undefined) await remember(stateDirectory, known)
    return known
  } catch (error) {
    const { message, exitCode } = explainError(error)
    const remembered = stateDirectory === undefined ? undefined : await recall(stateDirectory, context)
    if (exitCode !== EXIT.unavailable || remembered === undefined) throw error
    context.note(`${message} Going on with what is in ${stateDirectory}.\n`)
    return remembered
  }
}

const FILE = 'authorities.json'

/** Nothing signs it: a long one would hide that a stream is frozen. Who has set a longer one says so to the verifier too. */
function boundInterval(seconds: number): number {
  return seconds >= 1 ? Math.min(seconds, MAX_TOLD_CHECKPOINT_SECONDS) : DEFAULT_CHECKPOINT_SECONDS
}

async function remember(directory: string, { authorities, checkpointSeconds }: Followed): Promise<void> {
  const text = JSON.stringify(
    authorities.map(({ id, certificate }) => ({
      id,
      certificate: formatBase64(certificate.der),
      checkpoint_seconds: checkpointSeconds,
    })),
  )
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await writeFileAtomically(join(directory, FILE), text, 0o600)
}

/** What was remembered is believed as far as the roots of the identity vouch for it. */
async function recall(directory: string, context: CommandContext): Promise<Followed | undefined> {
  const text = await readFile(join(directory, FILE), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const entries = JSON.parse(text) as readonly {
    readonly id: string
    readonly certificate: string
    readonly checkpoint_seconds?: number
  }[]
  const authorities = entries.map(({ id, certificate }) => ({
    id,
    certificate: parseCertificate(parseBase64(certificate) ?? new Uint8Array()),
  }))
  const anchors = decodePem((await context.identity()).caPem.toString('latin1'), 'CERTIFICATE').map((der) =>
    parseCertificate(der),
  )
  for (const { id, certificate } of authorities) {
    const path = await validatePath({
      leaf: certificate,
      intermediates: [],
      anchors,
      crls: [],
      at: context.io.now(),
      purpose: 'any',
      revocation: 'off',
    })
    if (path.ok) continue
    throw new CliError(`The authority ${id} in ${directory} is not one that this identity trusts.`, {
      advice: 'Name the state folder that goes with the identity, or remove it and start anew.',
    })
  }
  return { authorities, checkpointSeconds: boundInterval(entries[0]?.checkpoint_seconds ?? 0) }
}
