import { Worker } from 'node:worker_threads'
import type { Database } from 'better-sqlite3'
import { MAX_CACHED_CERTIFICATES } from '../../core/limits.ts'
import { type Store, StoreError } from '../store.ts'
import { createAuditReads } from './audit.ts'
import { createAuthorityReads } from './authorities.ts'
import { backupDatabase } from './backup.ts'
import { createListCertificates } from './certificate-list.ts'
import { createCertificateReads } from './certificates.ts'
import { createClientReads } from './clients.ts'
import { type Checkpointer, createCheckpointer } from './checkpointer.ts'
import type { WriteCommands, WriteName } from './commands.ts'
import { openForReading, openForWriting } from './connection.ts'
import { createCrlChanges } from './crl-changes.ts'
import { createCrlReads } from './crls.ts'
import { prepareDatabaseFile } from './database-file.ts'
import { copyListFiles } from './list-file.ts'
import { createListMaker } from './list-maker.ts'
import { createMetaReads } from './meta.ts'
import { migrate, readMigrations } from './migrations.ts'
import { createReadGuard } from './read-guard.ts'
import { rememberUnchanged } from './remember-unchanged.ts'
import { createStoredLists } from './stored-lists.ts'
import { createTokenReads } from './tokens.ts'
import { createTokenKeyReads } from './token-keys.ts'
import { type Writer, startWriter } from './writer.ts'

export interface SqliteStoreOptions {
  readonly path: string
  /** Refuse to create a database. Set it everywhere but in `init`: an empty one in the place of the lost one hides the loss. */
  readonly mustExist: boolean
}

/**
 * Opens a store in a SQLite file, bringing its schema up to date. Several processes may share the file.
 *
 * Writes go through one thread that commits them in groups with `synchronous=FULL`; reads happen on the calling thread.
 *
 * @throws {@link StoreError} if the file is missing, not ours, open to other users, or of a newer version.
 */
export async function openSqliteStore({ path, mustExist }: SqliteStoreOptions): Promise<Store> {
  try {
    prepareDatabaseFile(path, mustExist)
    prepareSchema(path, !mustExist)
    const worker = new Worker(new URL('./writer-worker.ts', import.meta.url), {
      name: 'writer',
      workerData: { path },
    })
    const checkpointer = createCheckpointer(path)
    const writer = await startWriter(worker, () => {
      checkpointer.begin()
    })
    return createStore(path, writer, checkpointer, openForReading(path))
  } catch (error) {
    if (error instanceof StoreError)
      throw new StoreError(`cannot open ${path}: ${error.message}`, { cause: error.cause })
    throw new StoreError(`cannot open ${path}`, { cause: error })
  }
}

function prepareSchema(path: string, mayCreate: boolean): void {
  const database = openForWriting(path)
  try {
    migrate(database, readMigrations(), mayCreate)
  } finally {
    database.close()
  }
}

function createStore(path: string, writer: Writer, checkpointer: Checkpointer, database: Database): Store {
  const { read, readNow } = createReadGuard(database)
  const write =
    <N extends WriteName>(name: N) =>
    (...args: Parameters<WriteCommands[N]>) =>
      writer.execute(name, ...args)
  const meta = createMetaReads(database)
  const authorities = createAuthorityReads(database)
  const clients = createClientReads(database)
  const certificates = createCertificateReads(database)
  const crls = createCrlReads(database)
  const listMaker = createListMaker(path)
  const lists = createStoredLists(path, listMaker, crls, write('crls.publish'))
  const audit = createAuditReads(database)

  return {
    meta: { get: read(meta.get), create: write('meta.create') },
    authorities: {
      create: write('authorities.create'),
      get: read(authorities.get),
      list: read(authorities.list),
      bundleSequence: read(authorities.bundleSequence),
    },
    clients: {
      create: write('clients.create'),
      get: read(clients.get),
      list: read(clients.list),
      setScopes: write('clients.setScopes'),
      setState: write('clients.setState'),
      remove: write('clients.remove'),
    },
    certificates: {
      insert: write('certificates.insert'),
      countLive: read(certificates.countLive),
      findIdempotent: read(certificates.findIdempotent),
      findBySha256: read(certificates.findBySha256),
      isKeyCompromised: read(certificates.isKeyCompromised),
      get: read(certificates.get),
      status: readNow(rememberUnchanged(database, MAX_CACHED_CERTIFICATES, certificates.status)),
      list: read(createListCertificates(database)),
      revoke: write('certificates.revoke'),
      unrevoke: write('certificates.unrevoke'),
    },
    crls: {
      reserveNumber: write('crls.reserveNumber'),
      skipTo: write('crls.skipTo'),
      startOver: write('crls.startOver'),
      assemble: lists.assemble,
      join: lists.join,
      useSharding: write('crls.useSharding'),
      changes: read(createCrlChanges(database)),
      wasGiven: read(crls.wasGiven),
      nextNumber: read(crls.nextNumber),
      hasUnpublished: read(crls.hasUnpublished),
      hasChanged: read(crls.hasChanged),
      hasRevocations: read(crls.hasRevocations),
      publish: lists.publish,
      latest: read(lists.latest),
    },
    tokens: {
      record: write('tokens.record'),
      pruneRecorded: write('tokens.pruneRecorded'),
      revoke: write('tokens.revoke'),
      isRevoked: readNow(createTokenReads(database).isRevoked),
      prune: write('tokens.prune'),
    },
    nonces: { claim: write('nonces.claim'), prune: write('nonces.prune') },
    tokenKeys: {
      add: write('tokenKeys.add'),
      list: read(createTokenKeyReads(database).list),
      removeBefore: write('tokenKeys.removeBefore'),
    },
    audit: { append: write('audit.append'), list: read(audit.list) },
    ping: write('ping'),
    backup: read(async (target: string) => {
      await backupDatabase(path, target)
      await copyListFiles(path, target)
    }),
    close: async () => {
      try {
        await listMaker.close()
        await checkpointer.close()
        await writer.close()
      } finally {
        database.close()
      }
    },
  }
}
