import type { Identity } from '../src/identity/identity-folder.ts'
import { issueForKey, toIdentityFiles } from '../src/rpc/issue-certificate.ts'
import { generatePrivateKey } from '../src/identity/private-key.ts'
import type { RpcClient } from '../src/cli/rpc-client.ts'
import { OID } from '../src/core/asn1/oids.ts'
import { certificateScopes } from '../src/core/scope/scope-extension.ts'
import { parseCertificate } from '../src/core/x509/certificate.ts'
import type { KeyType } from '../src/signer/signer.ts'
import type { AliceIdentity } from './alice.ts'

/** A key made here, the certificate issued for it, and both as PEM for TLS. Nothing of it is written to disk. */
export interface NewIdentity extends AliceIdentity, Identity {
  readonly serialNumber: string
  /** As the certificate itself says. */
  readonly scopes: readonly string[]
}

/** Makes a key, sends a CSR by way of the operator, and reads what the certificate carries out of its own octets. */
export async function newIdentity(
  operator: RpcClient,
  clientId: string,
  keyType: KeyType = 'p256',
): Promise<NewIdentity> {
  const key = await generatePrivateKey(keyType)
  const issued = await issueForKey(operator, key, { clientId })
  const files = await toIdentityFiles(operator, issued, key)
  return {
    key: key.key,
    chainDer: [issued.certificateDer, ...issued.chainDer],
    serialNumber: issued.serialNumber,
    scopes: certificateScopes(parseCertificate(issued.certificateDer), OID.scopeExtension),
    directory: `the memory of ${clientId}`,
    keyPem: Buffer.from(files.keyPem ?? ''),
    certificatePem: Buffer.from(files.certificatePem),
    caPem: Buffer.from(files.caPem),
  }
}
