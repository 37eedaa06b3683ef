import { join } from 'node:path'
import { ADMIN_CLIENT_ID } from '../authority/first-clients.ts'
import { createIdentity, swapIdentity } from '../identity/identity-folder.ts'
import { makeCsr } from '../identity/make-csr.ts'
import { formatPrivateKey, generatePrivateKey } from '../identity/private-key.ts'
import { encodePem } from '../core/pem.ts'

/** An authority on this machine, opened by whoever owns its files. */
export interface LocalAuthority {
  readonly dataDir: string
  readonly passphrase: string | undefined
  readonly publicUrl: string | undefined
  readonly ocspInCertificates?: 'on' | 'off'
}

/** Folder of the administrator's identity. */
export function adminDirectory(dataDir: string): string {
  return join(dataDir, 'identities', ADMIN_CLIENT_ID)
}

/**
 * Makes the administrator a key and has it certified without the service: at `init`, and when the certificate has run out and
 * nobody else could issue a new one.
 */
export async function writeAdminIdentity(
  authority: LocalAuthority,
  mode: 'create' | 'replace',
): Promise<string> {
  const { issueAdminIdentity } = await import('../compose.ts')
  const key = await generatePrivateKey('p256')
  const { certificate, rootDer } = await issueAdminIdentity({
    ...authority,
    csrDer: await makeCsr(key, ADMIN_CLIENT_ID),
  })
  if (certificate.certificate === undefined) throw new Error('the authority issued nothing')
  const files = {
    keyPem: formatPrivateKey(key),
    certificatePem: encodePem('CERTIFICATE', [certificate.certificate.der, ...certificate.chainDer]),
    caPem: encodePem('CERTIFICATE', [rootDer]),
  }
  const directory = adminDirectory(authority.dataDir)
  await (mode === 'create' ? createIdentity(directory, files) : swapIdentity(directory, files))
  return directory
}
