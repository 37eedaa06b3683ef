import { status, type ServiceError } from '@grpc/grpc-js'
import { DomainError, MalformedError } from '../core/errors.ts'
import { IdentityError, type IdentityFault } from '../identity/identity-error.ts'
import { readErrorDetails } from '../rpc/error-details.ts'
import { SignerError } from '../signer/signer.ts'
import { StoreError } from '../store/store.ts'
import { CliError } from './cli-error.ts'
import { EXIT, type ExitCode } from './exit-code.ts'

const STATUS_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(status).flatMap(([name, code]) => (typeof code === 'number' ? [[code, name]] : [])),
)

const EXIT_BY_STATUS: Readonly<Record<number, ExitCode>> = {
  [status.INVALID_ARGUMENT]: EXIT.usage,
  [status.NOT_FOUND]: EXIT.notFound,
  [status.PERMISSION_DENIED]: EXIT.notAllowed,
  [status.UNAUTHENTICATED]: EXIT.notAllowed,
  [status.UNAVAILABLE]: EXIT.unavailable,
  [status.DEADLINE_EXCEEDED]: EXIT.unavailable,
}

const ADVICE_BY_REASON: Readonly<Record<string, string>> = {
  FIELD_INVALID: 'Correct the value and run the command again; --help shows what is accepted.',
  CSR_MALFORMED: 'Make the request again, for instance with `openssl req -new -key key.pem -subj /CN=alice`.',
  CSR_SIGNATURE_INVALID: 'Make the request again with the private key that belongs to its public key.',
  PUBLIC_KEY_REJECTED: 'Use a P-256, P-384, Ed25519 or RSA key of 2048 to 4096 bits.',
  SCOPE_MALFORMED: 'Write scopes as dot-separated segments of a-z, 0-9, _ and -, such as bob.user.read.',
  VALIDITY_OUT_OF_RANGE: 'Ask for a validity within the limits of the profile, with --validity.',
  CALLER_UNAUTHENTICATED: 'Use an identity that this authority issued: --identity DIR.',
  CALLER_REVOKED: 'Ask the operator why, and use another identity: --identity DIR.',
  CALLER_NOT_ALLOWED:
    'Use an identity that carries the scope, or have an operator grant it with `chancery client set-scopes`.',
  SCOPE_NOT_GRANTABLE:
    'Grant the scope first: `chancery client set-scopes ID --scope ...` (it replaces the grant).',
  PROFILE_NOT_ALLOWED: 'Add the client with `--profile`, or ask for a profile that it may use.',
  PROFILE_UNKNOWN: 'Leave --profile out to use the default, `client`.',
  CLIENT_LOCKED: 'Unlock it with `chancery client unlock ID`.',
  CLIENT_NOT_FOUND: 'See `chancery client list`, or add it with `chancery client add ID`.',
  CLIENT_EXISTS:
    'Show it with `chancery client show ID`; change its grant with `chancery client set-scopes ID`.',
  CLIENT_REMOVED: 'Choose another id for the new client.',
  REVOCATION_PROOF_INVALID:
    'Give the private key that belongs to the certificate; the clocks of both machines must agree.',
  NOT_ON_HOLD: 'A revocation is final; issue a new certificate with `chancery cert issue`.',
  CLIENT_CHANGED: 'Look at the client again and repeat the change with its new etag.',
  CERTIFICATE_NOT_FOUND: 'See `chancery cert list` for the serial numbers.',
  AUTHORITY_NOT_FOUND: 'See `chancery authority list` for the ids.',
  PROXY_NOT_TRUSTED: 'Name the caller in `trustedProxies` of the service, if only a proxy can reach it.',
  COUNT_MISMATCH:
    'Run it with --dry-run to see how many there are, then give that number with --expected-count.',
  CERTIFICATE_LIMIT_REACHED:
    'Revoke what nobody uses (`chancery cert list --client ID`), or raise `maxCertificatesPerClient` of the service.',
  RATE_LIMITED: 'Wait a little and try again.',
  INTERNAL: 'Look up the request id in the log of the service.',
}

const EXIT_BY_FAULT: Partial<Readonly<Record<IdentityFault, ExitCode>>> = {
  NOT_FOUND: EXIT.notFound,
  REQUEST_UNSENDABLE: EXIT.usage,
}

const ADVICE_BY_STATUS: Readonly<Record<number, string>> = {
  [status.UNAVAILABLE]:
    'Is the service running? Start it with `chancery serve --data DIR` or `chancery dev`; see also --address.',
  [status.DEADLINE_EXCEEDED]: 'Try again, or allow more time with --timeout 60s.',
  [status.UNIMPLEMENTED]: 'The service is older than this command, or is no Chancery: check --address.',
  [status.UNAUTHENTICATED]: 'Use an identity that this authority issued: --identity DIR.',
}

/** Turns whatever a command threw into a sentence for a person and an exit code. */
export function explainError(error: unknown): CliError {
  if (error instanceof CliError) return error
  if (isServiceError(error)) return explainStatus(error)
  if (error instanceof DomainError) {
    const advice = ADVICE_BY_REASON[error.reason]
    return new CliError(sentence(error.message), {
      reason: error.reason,
      metadata: error.metadata,
      ...(advice === undefined ? {} : { advice }),
    })
  }
  if (error instanceof IdentityError) return explainIdentity(error)
  if (error instanceof MalformedError) {
    return new CliError(sentence(`${error.message} (${error.defect})`), {
      metadata: { defect: error.defect },
    })
  }
  // Of an authority on this machine; their messages say what to do.
  if (error instanceof StoreError || error instanceof SignerError) return new CliError(withCause(error))
  if (isSystemError(error)) return explainSystemError(error)
  return new CliError(sentence(error instanceof Error ? error.message : String(error)), {
    advice: 'This looks like a defect of chancery; please report it with the command line you used.',
  })
}

function explainIdentity({ fault, message, advice }: IdentityError): CliError {
  const what =
    fault === 'OCCUPIED' ? 'Choose another folder, or give --force to replace the identity in it.' : advice
  return new CliError(message, {
    exitCode: EXIT_BY_FAULT[fault] ?? EXIT.failure,
    ...(what === undefined ? {} : { advice: what }),
  })
}

function withCause({ message, cause }: StoreError | SignerError): string {
  // From the writer's thread comes the text of a cause, not the error.
  const why = cause instanceof Error ? cause.message : cause
  return sentence(typeof why === 'string' ? `${message} (${why})` : message)
}

function explainStatus(error: ServiceError): CliError {
  const details = readErrorDetails(error)
  const advice = ADVICE_BY_REASON[details.reason ?? ''] ?? ADVICE_BY_STATUS[error.code]
  return new CliError(
    sentence(error.details === '' ? `The service answered ${statusName(error.code)}` : error.details),
    {
      ...details,
      exitCode: EXIT_BY_STATUS[error.code] ?? EXIT.failure,
      ...(advice === undefined ? {} : { advice }),
    },
  )
}

function statusName(code: number): string {
  return STATUS_NAMES.get(code) ?? `status ${code}`
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'metadata' in error && 'code' in error && typeof error.code === 'number'
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'
}

function explainSystemError(error: NodeJS.ErrnoException & { code: string }): CliError {
  const path = error.path ?? ''
  switch (error.code) {
    case 'ENOENT':
      return new CliError(`There is no ${path === '' ? 'such file' : path}.`, {
        exitCode: EXIT.notFound,
        advice: 'Check the path.',
      })
    case 'EACCES':
    case 'EPERM':
      return new CliError(`This user may not open ${path}.`, {
        advice: 'Run the command as the user that owns the file.',
      })
    case 'EADDRINUSE':
      return new CliError(
        `Another program listens there already: ${error.message.replace(/^.*: (?:address already in use )?/, '')}.`,
        {
          exitCode: EXIT.unavailable,
          advice: 'Stop it, or choose other addresses with --listen, --http and --admin.',
        },
      )
    default:
      return new CliError(sentence(error.message))
  }
}

function sentence(text: string): string {
  const trimmed = text.trim()
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`
}
