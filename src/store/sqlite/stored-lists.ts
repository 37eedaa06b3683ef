import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { equalBytes } from '../../core/bytes.ts'
import { sha256 } from '../../core/crypto.ts'
import type { CrlStore } from '../store.ts'
import type { WriteCommands } from './commands.ts'
import type { createCrlReads } from './crls.ts'
import { listFileName, listFolder } from './list-file.ts'
import type { ListMaker } from './list-maker.ts'
import { crlOf } from './rows.ts'

/** The part of the contract that has to do with whole lists: made and written by a thread of its own, named by a row. */
export function createStoredLists(
  databasePath: string,
  maker: ListMaker,
  reads: Pick<ReturnType<typeof createCrlReads>, 'latest'>,
  writeRow: WriteCommands['crls.publish'],
): Pick<CrlStore, 'assemble' | 'join' | 'publish' | 'latest'> {
  return {
    async assemble(authorityId, crlNumber, expiredBefore, frame, shard) {
      const { octets, entryCount } = await maker.run({
        kind: 'assemble',
        authorityId,
        crlNumber,
        expiredBefore: expiredBefore.getTime(),
        frame,
        shard,
      })
      return { tbs: octets, entryCount: entryCount! }
    },
    async join({ pieces, ...rest }) {
      const { octets, sha256: digest } = await maker.run({ kind: 'join', pieces: given(pieces) })
      return { ...rest, der: octets, sha256: digest! }
    },
    async publish({ pieces, ...rest }) {
      const { authorityId, crlNumber } = rest
      const { octets, sha256: digest } = await maker.run({
        kind: 'write',
        authorityId,
        crlNumber,
        pieces: given(pieces),
      })
      await writeRow({ ...rest, sha256: digest! })
      // What cannot be removed now is removed after the next list.
      await maker.run({ kind: 'tidy', authorityId, crlNumber }).catch(() => undefined)
      return { ...rest, der: octets, sha256: digest! }
    },
    async latest(authorityId) {
      const row = reads.latest(authorityId)
      if (row === undefined) return undefined
      const crl = crlOf(row)
      try {
        const der = new Uint8Array(
          await readFile(join(listFolder(databasePath), listFileName(authorityId, crl.crlNumber))),
        )
        // A restored database comes without its lists, or with those of another time.
        return equalBytes(sha256(der), crl.sha256) ? { ...crl, der } : undefined
      } catch {
        return undefined
      }
    },
  }
}

/** What is a part of something larger must not take that away with it. */
function given(pieces: readonly Uint8Array[]): Uint8Array[] {
  return pieces.map((piece) => (piece.byteLength === piece.buffer.byteLength ? piece : piece.slice()))
}
