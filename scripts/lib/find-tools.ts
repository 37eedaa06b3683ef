import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ROOT } from './run-step.ts'

/** Something outside the checkout that makes tests stronger. */
export interface ExternalTool {
  readonly name: string
  /** Where it was found, `undefined` if nowhere. */
  readonly path: string | undefined
  /** What is not tested without it. */
  readonly purpose: string
}

function findExecutable(name: string): string | undefined {
  // Servers are installed where not every user looks for commands.
  const folders = [
    join(ROOT, '.tools', 'bin'),
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
  ]
  for (const folder of folders) {
    const candidate = join(folder, name)
    try {
      accessSync(candidate, constants.X_OK)
      return candidate
    } catch {
      // Not in this folder.
    }
  }
  return undefined
}

/** Looks for every tool and vector set that suites use when it is there. */
export function findTools(): readonly ExternalTool[] {
  const vectors = process.env['CHANCERY_VECTORS'] ?? join(ROOT, '..', 'shared', 'vectors')
  return [
    {
      name: 'openssl',
      path: findExecutable('openssl'),
      purpose: 'chains, lists, CSRs and PKCS#12 read by OpenSSL',
    },
    { name: 'grpcurl', path: findExecutable('grpcurl'), purpose: 'the API called by grpcurl' },
    { name: 'envoy', path: findExecutable('envoy'), purpose: 'a real Envoy that asks by ext_authz' },
    {
      name: 'http-signatures-py',
      path: findExecutable('http-signatures-py'),
      purpose: 'RFC 9421 against the implementation of others in Python',
    },
    { name: 'node22', path: findExecutable('node22'), purpose: 'the client package on the oldest Node' },
    { name: 'zlint', path: findExecutable('zlint'), purpose: 'certificates and lists held against zlint' },
    ...['go', 'java', 'python'].map((language) => ({
      name: `revocation-reader-${language}`,
      path: findExecutable(`revocation-reader-${language}`),
      purpose: `lists and OCSP answers read by libraries of ${language}`,
    })),
    ...['go', 'java', 'python'].map((language) => ({
      name: `example-${language}`,
      path: findExecutable(`example-${language}`),
      purpose: `the API called by the stubs and the example of clients/${language} (scripts/build-clients.sh)`,
    })),
    { name: 'nginx', path: findExecutable('nginx'), purpose: 'auth_request of a real nginx' },
    { name: 'caddy', path: findExecutable('caddy'), purpose: 'forward_auth of a real Caddy' },
    { name: 'haproxy', path: findExecutable('haproxy'), purpose: 'Client-Cert of a real HAProxy' },
    {
      name: 'vectors',
      path: existsSync(vectors) ? vectors : undefined,
      purpose: 'PKITS, Wycheproof, CSR and CRL vectors',
    },
  ]
}
