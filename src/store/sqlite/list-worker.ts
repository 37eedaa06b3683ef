import { parentPort, workerData } from 'node:worker_threads'
import { concatBytes } from '../../core/bytes.ts'
import { sha256 } from '../../core/crypto.ts'
import { joinTbsCertList } from '../../core/revocation/encode-crl.ts'
import { openForReading } from './connection.ts'
import { createListEntries } from './list-entries.ts'
import { removeOlderListFiles, writeListFile } from './list-file.ts'
import type { ListJob, ListJobOutcome } from './list-maker.ts'

/**
 * The thread that makes complete lists: it reads with a connection of its own, encodes, hashes, and writes files, so that none of it stops the event loop
 * or a commit. Octets come and go by transfer, not by copy.
 */

const port = parentPort!
const { path } = workerData as { path: string }
const database = openForReading(path)
const entries = createListEntries(database)

function run(job: ListJob): ListJobOutcome {
  switch (job.kind) {
    case 'assemble': {
      const { count, pieces } = entries.of(job.authorityId, job.crlNumber, job.expiredBefore, job.shard)
      return { octets: joinTbsCertList(job.frame, pieces), entryCount: count }
    }
    case 'join': {
      const octets = concatBytes(job.pieces)
      return { octets, sha256: sha256(octets) }
    }
    case 'write': {
      const octets = concatBytes(job.pieces)
      writeListFile(path, job.authorityId, job.crlNumber, octets)
      return { octets, sha256: sha256(octets) }
    }
    case 'tidy':
      removeOlderListFiles(path, job.authorityId, job.crlNumber)
      return { octets: new Uint8Array(0) }
  }
}

port.on('message', ({ id, job }: { id: number; job: ListJob }) => {
  try {
    const outcome = run(job)
    port.postMessage({ id, outcome }, [outcome.octets.buffer as ArrayBuffer])
  } catch (error) {
    port.postMessage({ id, failure: String(error) })
  }
})
