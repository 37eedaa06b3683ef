import { parseCertificate } from '../core/x509/certificate.ts'
import { equalBytes } from '../core/bytes.ts'
import type { Certificate } from '../core/x509/types.ts'
import { type KeyStore, type Signer, SignerError } from '../signer/signer.ts'
import type { AuthorityRecord, Store } from '../store/store.ts'

/** A certificate authority with its key at hand. */
export interface IssuingAuthority {
  readonly id: string
  readonly role: 'root' | 'issuing'
  readonly certificate: Certificate
  readonly signer: Signer
}

/** The authorities of one service: the root, and the one that issues to clients. */
export interface Authorities {
  readonly all: readonly IssuingAuthority[]
  readonly root: IssuingAuthority
  readonly issuing: IssuingAuthority
}

/**
 * Opens every authority with its key.
 *
 * @throws SignerError if a key is missing, or is not the key that the authority's certificate names.
 */
export async function openAuthorities(
  store: Pick<Store, 'authorities'>,
  keys: KeyStore,
): Promise<Authorities> {
  const all = await Promise.all((await store.authorities.list()).map((record) => openAuthority(record, keys)))
  const root = all.find((authority) => authority.role === 'root')
  const issuing = all.findLast((authority) => authority.role === 'issuing')
  if (root === undefined || issuing === undefined) {
    throw new SignerError('The store holds no root or no issuing authority. Run `chancery init` first.')
  }
  return { all, root, issuing }
}

async function openAuthority(record: AuthorityRecord, keys: KeyStore): Promise<IssuingAuthority> {
  const certificate = parseCertificate(record.certificateDer)
  const signer = await keys.open(record.keyName)
  if (!equalBytes(signer.publicKeyDer, certificate.publicKey.der)) {
    throw new SignerError(`The key ${record.keyName} is not the key of authority ${record.id}.`)
  }
  return { id: record.id, role: record.role, certificate, signer }
}
