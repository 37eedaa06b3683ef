import type {
  AuditStore,
  AuthorityStore,
  CertificateStore,
  ClientStore,
  CrlRecord,
  CrlStore,
  MetaStore,
  NonceStore,
  Store,
  TokenStore,
  TokenKeyStore,
} from '../store.ts'
import type { Synchronous } from '../synchronous.ts'

/** Every write of the contract, by the name under which it travels to the writer thread. */
export interface WriteCommands {
  'meta.create': MetaStore['create']
  'authorities.create': AuthorityStore['create']
  'clients.create': ClientStore['create']
  'clients.setScopes': ClientStore['setScopes']
  'clients.setState': ClientStore['setState']
  'clients.remove': ClientStore['remove']
  'certificates.insert': CertificateStore['insert']
  'certificates.revoke': CertificateStore['revoke']
  'certificates.unrevoke': CertificateStore['unrevoke']
  'crls.reserveNumber': CrlStore['reserveNumber']
  'crls.skipTo': CrlStore['skipTo']
  'crls.startOver': CrlStore['startOver']
  'crls.useSharding': CrlStore['useSharding']
  'crls.publish': (crl: Omit<CrlRecord, 'der'>) => Promise<void>
  'tokens.record': TokenStore['record']
  'tokens.pruneRecorded': TokenStore['pruneRecorded']
  'tokens.revoke': TokenStore['revoke']
  'tokens.prune': TokenStore['prune']
  'nonces.claim': NonceStore['claim']
  'nonces.prune': NonceStore['prune']
  'tokenKeys.add': TokenKeyStore['add']
  'tokenKeys.removeBefore': TokenKeyStore['removeBefore']
  'audit.append': AuditStore['append']
  ping: Store['ping']
}

export type WriteName = keyof WriteCommands

/** What the writer thread does for each command, inside its transaction. */
export type WriteHandlers = Synchronous<WriteCommands>

/** A command on its way. */
export interface WriteCommand<N extends WriteName = WriteName> {
  readonly name: N
  readonly args: Parameters<WriteCommands[N]>
}

/** What became of a command. Failures travel as text: a thread's errors lose their class on the way. */
export type WriteOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string; readonly cause: string | undefined }
