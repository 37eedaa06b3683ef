import { type Command, Option } from 'commander'
import { IssueCertificateResponse } from '../../gen/chancery/v1/authorization_service.ts'
import { singleAttribute } from '../../core/x509/name.ts'
import { OID } from '../../core/asn1/oids.ts'
import { parseCertificate } from '../../core/x509/certificate.ts'
import { formatSerialNumber } from '../../core/x509/serial-number.ts'
import type { KeyType } from '../../signer/signer.ts'
import { CliError } from '../cli-error.ts'
import type { Run } from '../command-context.ts'
import { EXIT } from '../exit-code.ts'
import { swapIdentity } from '../../identity/identity-folder.ts'
import { issueForKey, toIdentityFiles } from '../../rpc/issue-certificate.ts'
import { printIssued } from '../print-issued.ts'
import { KEY_TYPES, generatePrivateKey, parsePrivateKey } from '../../identity/private-key.ts'
import { readPemOrDer } from '../read-input.ts'
import { readScopes } from '../../rpc/read-scopes.ts'
import { addVerb, collect, spanOption } from '../verb.ts'

interface Options {
  readonly keyType?: KeyType
  readonly scope: readonly string[]
  readonly validity?: number
  readonly profile?: string
}

/** `chancery cert renew`. */
export function addCertRenew(parent: Command, run: Run): void {
  addVerb(parent, 'renew', 'replace key and certificate of the identity, by its own right', [
    'cert renew --identity alice',
    'cert renew --identity alice --validity 30d',
  ])
    .addOption(new Option('--key-type <type>', 'type of the new key (default: as before)').choices(KEY_TYPES))
    .option('--scope <scope>', 'scope to carry; repeat it (default: as before)', collect, [])
    .option('--validity <span>', 'how long, such as 12h or 90d (default: that of the profile)', spanOption)
    .option('--profile <name>', 'issuance profile (default: client)')
    .action((options: Options, command: Command) =>
      run(command, async (context) => {
        const identity = await context.identity()
        const [leafDer] = readPemOrDer(
          identity.certificatePem,
          'CERTIFICATE',
          `${identity.directory}/cert.pem`,
        )
        const leaf = parseCertificate(leafDer!)
        const clientId = singleAttribute(leaf.subject, OID.commonName)
        if (clientId === undefined) {
          throw new CliError('The certificate names no client.', {
            advice: 'Have a new one issued with `chancery cert issue`.',
          })
        }
        const rpc = await context.connect()
        const oldKey = parsePrivateKey(identity.keyPem, `${identity.directory}/key.pem`)
        const key = await generatePrivateKey(options.keyType ?? oldKey.type)
        const response = await issueForKey(rpc, key, {
          clientId,
          scopes: options.scope.length > 0 ? options.scope : await readScopes(rpc, leaf),
          profile: options.profile,
          validitySeconds: options.validity,
          replacesSerialNumber: formatSerialNumber(leaf.serialNumber),
        })
        await swapIdentity(identity.directory, await toIdentityFiles(rpc, response, key))
        printIssued(context, IssueCertificateResponse, response, identity.directory)
        return EXIT.yes
      }),
    )
}
