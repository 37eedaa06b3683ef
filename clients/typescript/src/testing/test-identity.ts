import { type IssueDependencies, issueCertificate } from '../../../../src/authority/issue-certificate.ts'
import type { Caller } from '../../../../src/authority/ports.ts'
import { formatPem } from '../../../../src/core/pem.ts'
import { createIdentity } from '../../../../src/identity/identity-folder.ts'
import { makeCsr } from '../../../../src/identity/make-csr.ts'
import { formatPrivateKey, generatePrivateKey } from '../../../../src/identity/private-key.ts'
import type { KeyType } from '../../../../src/signer/signer.ts'

/** A key, the certificate for it, and the root to trust: what an identity folder holds, and `openIdentity` takes. */
export interface TestIdentity {
  readonly clientId: string
  /** Lower-case hex. */
  readonly serialNumber: string
  /** PKCS#8, PEM. */
  readonly key: string
  /** The leaf first, then the intermediates, PEM. */
  readonly certificate: string
  /** The root, PEM. */
  readonly ca: string
  /** What the certificate carries. */
  readonly scopes: readonly string[]
  readonly notAfter: Date
}

/** How an identity is to be. Everything absent is the authority's default. */
export interface TestIdentityOptions {
  /** Default: all that the client is granted. */
  readonly scopes?: readonly string[]
  /** `server` is good for TLS servers on `localhost` and `127.0.0.1`. */
  readonly profile?: 'client' | 'server' | 'short'
  readonly validitySeconds?: number
  /** Default: `p256`. */
  readonly keyType?: KeyType
  /** Where to write `key.pem`, `cert.pem` and `ca.pem`. No identity may be there. */
  readonly folder?: string
}

/** Makes a key and has it certified by the way that every certificate goes. */
export async function issueTestIdentity(
  deps: IssueDependencies,
  caller: Caller,
  clientId: string,
  { keyType = 'p256', folder, ...options }: TestIdentityOptions,
): Promise<TestIdentity> {
  const privateKey = await generatePrivateKey(keyType)
  const issued = await issueCertificate(deps, caller, {
    clientId,
    key: { kind: 'csr', der: await makeCsr(privateKey, clientId) },
    scopes: options.scopes ?? [],
    noScopes: options.scopes?.length === 0,
    profile: options.profile ?? '',
    validitySeconds: options.validitySeconds,
    idempotencyKey: '',
    replacesSerialNumber: '',
    dryRun: false,
  })
  const { der, serialNumber } = issued.certificate!
  const chain = [der, ...issued.chainDer]
  const identity: TestIdentity = {
    clientId,
    serialNumber,
    key: formatPrivateKey(privateKey),
    certificate: chain.map((one) => formatPem('CERTIFICATE', one)).join(''),
    ca: formatPem('CERTIFICATE', deps.authorities.root.certificate.der),
    scopes: issued.scopes,
    notAfter: issued.notAfter,
  }
  if (folder !== undefined) {
    const { key: keyPem, certificate: certificatePem, ca: caPem } = identity
    await createIdentity(folder, { keyPem, certificatePem, caPem })
  }
  return identity
}
