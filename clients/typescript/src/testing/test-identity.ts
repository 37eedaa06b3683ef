import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type IssueDependencies, issueCertificate } from '../../../../src/authority/issue-certificate.ts'
import type { Caller } from '../../../../src/authority/ports.ts'
import { assembleCsr } from '../../../../src/core/issuance/assemble.ts'
import { encodeCsrInfo } from '../../../../src/core/issuance/encode-csr.ts'
import { formatPem } from '../../../../src/core/pem.ts'
import { writeFileAtomically } from '../../../../src/files/write-file.ts'
import { createKeySigner, generatePrivateKey } from '../../../../src/signer/key-signer.ts'
import type { KeyType } from '../../../../src/signer/signer.ts'

/** A key, the certificate for it, and the root to trust: what an identity folder holds. */
export interface TestIdentity {
  readonly clientId: string
  /** Lower-case hex. */
  readonly serialNumber: string
  /** PKCS#8, PEM. */
  readonly keyPem: string
  /** The leaf first, then the intermediates, PEM. */
  readonly certificatePem: string
  /** The roots, PEM. */
  readonly caPem: string
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
  /** Where to write `key.pem`, `cert.pem` and `ca.pem`; made if it is not there. */
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
  const signer = createKeySigner(privateKey)
  const info = encodeCsrInfo(clientId, signer.publicKeyDer)
  const csr = assembleCsr(info, signer.algorithm, await signer.sign(info))
  const issued = await issueCertificate(deps, caller, {
    clientId,
    key: { kind: 'csr', der: csr },
    scopes: options.scopes ?? [],
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
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificatePem: chain.map((one) => formatPem('CERTIFICATE', one)).join(''),
    caPem: formatPem('CERTIFICATE', deps.authorities.root.certificate.der),
    scopes: issued.scopes,
    notAfter: issued.notAfter,
  }
  if (folder !== undefined) await writeIdentity(folder, identity)
  return identity
}

async function writeIdentity(folder: string, identity: TestIdentity): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFileAtomically(join(folder, 'ca.pem'), identity.caPem, 0o644)
  await writeFileAtomically(join(folder, 'cert.pem'), identity.certificatePem, 0o644)
  await writeFileAtomically(join(folder, 'key.pem'), identity.keyPem, 0o600)
}
