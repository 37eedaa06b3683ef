import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A key and its certificate chain, PEM. */
export interface KeyAndChain {
  readonly privateKeyPem: string
  readonly certificateChainPem: string
}

export interface LeafOptions {
  readonly commonName: string
  /** `-days` of openssl; a negative number makes a certificate that has expired. */
  readonly days?: number
  readonly extensions?: string
}

/** A throwaway CA made by the openssl command, so that the tests do not lean on the code that they test. */
export interface ThrowawayCa {
  readonly certificatePem: string
  issue(options: LeafOptions): KeyAndChain
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

/** Makes a CA. Its files are gone when this returns; what it issues later lives in a folder of its own. */
export function makeThrowawayCa(commonName: string): ThrowawayCa {
  const ca = inFolder((at) => {
    openssl([
      'req',
      '-x509',
      ...EC,
      '-keyout',
      at('ca.key'),
      '-out',
      at('ca.pem'),
      '-subj',
      `/CN=${commonName}`,
    ])
    return { key: readFileSync(at('ca.key'), 'utf8'), pem: readFileSync(at('ca.pem'), 'utf8') }
  })
  return {
    certificatePem: ca.pem,
    issue: ({ commonName: name, days = 1, extensions = 'extendedKeyUsage=clientAuth' }) =>
      inFolder((at) => {
        writeFileSync(at('ca.key'), ca.key, { mode: 0o600 })
        writeFileSync(at('ca.pem'), ca.pem)
        writeFileSync(at('ext'), `basicConstraints=CA:FALSE\n${extensions}\n`)
        openssl(['req', ...EC, '-keyout', at('key'), '-out', at('csr'), '-subj', `/CN=${name}`])
        openssl([
          ...[
            'x509',
            '-req',
            '-in',
            at('csr'),
            '-CA',
            at('ca.pem'),
            '-CAkey',
            at('ca.key'),
            '-out',
            at('pem'),
          ],
          ...['-extfile', at('ext'), '-days', `${days}`],
        ])
        return {
          privateKeyPem: readFileSync(at('key'), 'utf8'),
          certificateChainPem: readFileSync(at('pem'), 'utf8'),
        }
      }),
  }
}

function inFolder<T>(work: (at: (name: string) => string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'chancery-tls-'))
  try {
    return work((name) => join(folder, name))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function openssl(args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
