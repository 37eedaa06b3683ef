import { hostname } from 'node:os'
import { type Command, InvalidArgumentError } from 'commander'
import { MAX_VERIFIER_ID_LENGTH } from '../../core/limits.ts'
import { AuthorityServiceService } from '../../gen/chancery/v1/authority_service.ts'
import { AuthorizationServiceService } from '../../gen/chancery/v1/authorization_service.ts'
import { type CrlFollower, createCrlFollower } from '../../feed/crl-follower.ts'
import type { FeedEvent } from '../../feed/feed-event.ts'
import type { OpenStream } from '../../feed/ports.ts'
import { createStateFolder } from '../../feed/state-folder.ts'
import { systemFeedPorts } from '../../feed/system-ports.ts'
import { FolderInUseError, lockFolder } from '../../files/lock-folder.ts'
import { CliError, usageError } from '../cli-error.ts'
import type { CommandContext, Run } from '../command-context.ts'
import { createCrlBundle } from '../crl-bundle.ts'
import { EXIT } from '../exit-code.ts'
import { explainError } from '../explain-error.ts'
import { readFollowedAuthorities } from '../followed-authorities.ts'
import { formatFeedEvent } from '../print-feed-event.ts'
import { addVerb, collect, countOption } from '../verb.ts'

interface Options {
  readonly authority: readonly string[]
  readonly out?: string
  readonly exec?: string
  readonly execSeconds: number
  readonly state?: string
  readonly checkpoints?: true
  readonly checkpointSeconds?: number
  /** `false`: `--no-report-as`. */
  readonly reportAs: string | false
}

const FINAL: ReadonlySet<number> = new Set([EXIT.usage, EXIT.notFound, EXIT.notAllowed])

/** `chancery crl watch`. */
export function addCrlWatch(parent: Command, run: Run): void {
  addVerb(
    parent,
    'watch',
    'follow the revocation lists, every signature checked, and print a line for each change; reconnects by itself',
    [
      'crl watch --identity bob',
      "crl watch --identity edge --state /var/lib/edge --out /etc/nginx/crl.pem --exec 'nginx -s reload'",
    ],
  )
    .option('--authority <id>', 'only this authority; repeat it (default: all)', collect, [])
    .option(
      '--out <file>',
      'keep the newest complete lists in this file, PEM one after the other; replaced as a whole',
    )
    .option('--exec <command>', 'run this by /bin/sh after each change of --out; never two at once')
    .option(
      '--exec-seconds <n>',
      'kill the command of --exec, and what it started, when it has run for so long',
      execSecondsOption,
      60,
    )
    .option(
      '--state <dir>',
      'keep what is known in this folder of its own, and start from it when the service is down',
    )
    .option('--checkpoints', 'print a line for every sign of life too')
    .option(
      '--checkpoint-seconds <n>',
      '`checkpointSeconds` of the service (default: what it says, 60 at most); a stream without a sign of life for four times as long is left',
      countOption,
    )
    .option(
      '--report-as <name>',
      'name of this verifier in `authority status`, where it reports which lists it is at; one of its own for each watch',
      ownName(),
    )
    .option('--no-report-as', 'do not report')
    .action((options: Options, command: Command) =>
      run(command, async (context) => {
        if (options.exec !== undefined && options.out === undefined) {
          throw usageError('--exec needs --out FILE, whose changes it is run after.')
        }
        const release = options.state === undefined ? undefined : await lockState(options.state)
        try {
          await watch(context, options)
        } finally {
          await release?.()
        }
        return EXIT.yes
      }),
    )
}

async function lockState(directory: string): Promise<() => Promise<void>> {
  try {
    return await lockFolder(directory)
  } catch (error) {
    if (!(error instanceof FolderInUseError)) throw error
    throw new CliError(`${directory} is in use by another process, and two would disturb each other.`, {
      reason: 'STATE_IN_USE',
      advice: 'Stop the other one, or give each its own --state folder.',
    })
  }
}

/** Follows deltas, which are first to know and are kept on disk, and beside them complete lists for the file. */
async function watch(context: CommandContext, options: Options): Promise<void> {
  const over = new AbortController()
  const stop = () => {
    over.abort()
  }
  const interrupted = context.io.interrupted()
  interrupted.addEventListener('abort', stop)
  const { authorities, checkpointSeconds } = await readFollowedAuthorities(
    context,
    options.authority,
    options.state,
  )
  const rpc = await context.connect()
  const common = {
    authorities,
    open: ((request, signal) =>
      rpc.open(AuthorizationServiceService.streamCrl, request, signal)) satisfies OpenStream,
    ports: systemFeedPorts,
    checkpointSeconds: options.checkpointSeconds ?? checkpointSeconds,
    // Who is refused now will be refused again; a network or a service comes back.
    isFinal: (error: unknown) => FINAL.has(explainError(error).exitCode),
  }
  const print = (event: FeedEvent) => {
    if (
      event.kind === 'updated' &&
      event.entryCount === 0 &&
      event.update === 'delta' &&
      !options.checkpoints
    )
      return
    context.print(formatFeedEvent(event, context.io.now(), context.json))
  }
  const followers: CrlFollower[] = [
    createCrlFollower({
      ...common,
      store: options.state === undefined ? undefined : createStateFolder(options.state),
      report: print,
      status:
        options.reportAs === false
          ? undefined
          : {
              verifierId: options.reportAs,
              send: (request) => rpc.call(AuthorityServiceService.reportVerifierStatus, request),
            },
    }),
  ]
  const file =
    options.out === undefined ? undefined : keepFile(context, { ...options, out: options.out }, authorities)
  if (file) followers.push(createCrlFollower({ ...common, payload: 'complete', report: file.report }))
  await followers[0]!.load()
  try {
    await Promise.all(followers.map((follower) => follower.run(over.signal)))
  } finally {
    stop()
    interrupted.removeEventListener('abort', stop)
    await file?.stop()
  }
}

function execSecondsOption(text: string): number {
  const seconds = countOption(text)
  // Timers hold no more than 24 days, and a command that takes more than a day is none.
  if (seconds < 1 || seconds > 86_400) throw new InvalidArgumentError('Write 1 to 86400 seconds.')
  return seconds
}

/** The name of the host, as far as the service takes it. */
function ownName(): string {
  const name = hostname()
    .replace(/[^\x21-\x7e]/g, '-')
    .slice(0, MAX_VERIFIER_ID_LENGTH)
  return name === '' ? 'crl-watch' : name
}

/** Keeps the file of complete lists, and has it read again. What fails is said, and tried again. */
function keepFile(
  context: CommandContext,
  { out: path, exec: command, execSeconds }: Options & { readonly out: string },
  authorities: readonly { readonly id: string }[],
) {
  const bundle = createCrlBundle({
    path,
    authorities: authorities.map(({ id }) => id),
    command,
    commandLimitMs: execSeconds * 1000,
    timers: systemFeedPorts,
    failed(what, error) {
      if (what === 'file') context.note(`${path} is not up to date: ${explainError(error).message}\n`)
      else
        context.print(
          formatFeedEvent({ kind: 'command_failed', command, error }, context.io.now(), context.json),
        )
    },
  })
  return {
    report: (event: FeedEvent) => {
      if (event.kind === 'updated') bundle.put(event.authority, event.der)
      else if (event.kind === 'refused') context.note(formatFeedEvent(event, context.io.now(), false))
    },
    stop: () => bundle.stop(),
  }
}
