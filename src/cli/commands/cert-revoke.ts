import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import {
  AuthorizationServiceService,
  type RevocationProof,
  RevocationStatus,
  RevokeCertificateRequest,
  RevokeCertificateResponse,
} from '../../gen/chancery/v1/authorization_service.ts'
import { RevocationReason } from '../../gen/chancery/v1/types.ts'
import { sha256 } from '../../core/crypto.ts'
import { type RevocationStatement, revocationProofMessage } from '../../core/revocation/revocation-proof.ts'
import { readCertificateTarget } from '../certificate-target.ts'
import { CliError, usageError } from '../cli-error.ts'
import type { CommandContext, Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { messageToJson } from '../format-json.ts'
import { formatTable } from '../format-table.ts'
import { parsePrivateKey, signWithKey } from '../../identity/private-key.ts'
import { addVerb, countOption, instantOption } from '../verb.ts'

interface Options {
  readonly authority?: string
  readonly client?: string
  readonly scope?: string
  readonly key?: string
  readonly reason?: keyof typeof REASONS
  readonly invalidityDate?: string
  readonly expectedCount?: number
  readonly dryRun?: true
  readonly proveWith?: string
}

type Target = NonNullable<RevokeCertificateRequest['target']>

const REASONS = {
  unspecified: RevocationReason.REVOCATION_REASON_UNSPECIFIED_BY_CALLER,
  keyCompromise: RevocationReason.REVOCATION_REASON_KEY_COMPROMISE,
  affiliationChanged: RevocationReason.REVOCATION_REASON_AFFILIATION_CHANGED,
  superseded: RevocationReason.REVOCATION_REASON_SUPERSEDED,
  cessationOfOperation: RevocationReason.REVOCATION_REASON_CESSATION_OF_OPERATION,
  certificateHold: RevocationReason.REVOCATION_REASON_CERTIFICATE_HOLD,
  privilegeWithdrawn: RevocationReason.REVOCATION_REASON_PRIVILEGE_WITHDRAWN,
} as const

/** `chancery cert revoke`. */
export function addCertRevoke(parent: Command, run: Run): void {
  addVerb(parent, 'revoke', 'revoke certificates; every verifier learns it within a second', [
    'cert revoke 5f3a90c1 --reason keyCompromise',
    'cert revoke alice/cert.pem',
    'cert revoke found/cert.pem --prove-with found/key.pem --reason keyCompromise',
    'cert revoke --client alice --dry-run',
    'cert revoke --client alice --expected-count 3 --reason cessationOfOperation',
  ])
    .argument('[serial-or-file]', 'serial number in hex, or a certificate file')
    .option('--authority <id>', 'who issued the serial number (default: the issuing authority)')
    .option('--client <id>', 'every live certificate of this client')
    .option('--scope <scope>', 'every live certificate that carries this scope')
    .option('--key <file>', 'every live certificate of this key, public or private, PEM')
    .addOption(new Option('--reason <reason>', 'why').choices(Object.keys(REASONS)))
    .option('--invalidity-date <instant>', 'since when the key is believed unsafe')
    .option(
      '--expected-count <n>',
      'revoke only if this many would be; needed for more than one',
      countOption,
    )
    .option('--prove-with <file>', "the certificate's private key, PEM: whoever holds it may revoke")
    .option('--dry-run', 'say what would be revoked and revoke nothing')
    .action((serialOrFile: string | undefined, options: Options, command: Command) =>
      run(command, async (context) => {
        const target = await readTarget(context, serialOrFile, options)
        const invalidityDate =
          options.invalidityDate === undefined
            ? undefined
            : instantOption(context.io.now)(options.invalidityDate)
        const reason = options.reason ?? 'unspecified'
        const proof =
          options.proveWith === undefined
            ? undefined
            : await signRevocation(target, options.proveWith, { reason, invalidityDate }, context.io.now())
        const rpc = await context.connect()
        const response = await rpc.call(
          AuthorizationServiceService.revokeCertificate,
          RevokeCertificateRequest.fromPartial({
            target,
            reason: REASONS[reason],
            invalidityDate,
            expectedCount: options.expectedCount,
            dryRun: options.dryRun ?? false,
            proof,
          }),
        )
        printRevoked(context, response)
        return EXIT.yes
      }),
    )
}

/** Signs with the certificate's own key that it is to be revoked. Only the signature travels. */
async function signRevocation(
  target: Target,
  keyFile: string,
  said: Pick<RevocationStatement, 'reason' | 'invalidityDate'>,
  now: Date,
): Promise<RevocationProof> {
  if (target.$case !== 'certificateDer')
    throw usageError('A proof is about one certificate.', 'Give the certificate as a file with --prove-with.')
  const key = parsePrivateKey(await readFile(keyFile), keyFile)
  const signedAt = new Date(Math.floor(now.getTime() / 1000) * 1000)
  const statement = { ...said, certificateSha256: sha256(target.value), signedAt }
  return { signedAt, signature: Buffer.from(await signWithKey(key, revocationProofMessage(statement))) }
}

async function readTarget(
  context: CommandContext,
  serialOrFile: string | undefined,
  options: Options,
): Promise<Target> {
  const given = [serialOrFile, options.client, options.scope, options.key].filter(
    (value) => value !== undefined,
  )
  if (given.length !== 1) throw usageError('Give one of: a serial number or file, --client, --scope, --key.')
  if (options.client !== undefined) return { $case: 'clientId', value: options.client }
  if (options.scope !== undefined) return { $case: 'scope', value: options.scope }
  if (options.key !== undefined) return { $case: 'publicKeySha256', value: await hashPublicKey(options.key) }
  return readCertificateTarget(context, serialOrFile!, options.authority)
}

async function hashPublicKey(path: string): Promise<Buffer> {
  const pem = await readFile(path)
  try {
    const key = pem.includes('PRIVATE KEY') ? createPublicKey(createPrivateKey(pem)) : createPublicKey(pem)
    return Buffer.from(sha256(key.export({ type: 'spki', format: 'der' })))
  } catch {
    throw new CliError(`${path} holds no key that can be read.`, {
      advice: 'Give a public or an unencrypted private key in PEM.',
    })
  }
}

function statusName(status: RevocationStatus): string {
  switch (status) {
    case RevocationStatus.REVOCATION_STATUS_REVOKED:
      return 'revoked'
    case RevocationStatus.REVOCATION_STATUS_ALREADY_REVOKED:
      return 'already revoked'
    case RevocationStatus.REVOCATION_STATUS_WOULD_BE_REVOKED:
      return 'would be revoked'
    case RevocationStatus.REVOCATION_STATUS_UNSPECIFIED:
    case RevocationStatus.UNRECOGNIZED:
      return 'unknown'
  }
}

function printRevoked(context: CommandContext, response: RevokeCertificateResponse): void {
  context.printResult(
    () => messageToJson(RevokeCertificateResponse, response),
    () =>
      formatTable(
        ['SERIAL NUMBER', 'CLIENT', 'STATUS', 'CRL NUMBER'],
        response.certificates.map((certificate) => [
          certificate.serialNumber,
          certificate.clientId,
          statusName(certificate.status),
          certificate.crlNumber === 0n ? '-' : String(certificate.crlNumber),
        ]),
      ),
  )
}
