import type { UpdateRefusal } from '../core/revocation/update-refusal.ts'
import { ResetReason, type StreamCRLResponse } from '../gen/chancery/v1/authorization_service.ts'
import type { AuthorityLists } from './authority-lists.ts'
import { type SnapshotAssembly, beginSnapshot } from './snapshot-assembly.ts'
import { type StreamFault, streamFault } from './stream-fault.ts'

/** Something that was refused. Nothing changed. */
export type Refusal = (UpdateRefusal | StreamFault) & { readonly authority: string }

/** Gives what one stream says to the lists that it is about, until the first refusal that leaves it without use. */
export function createStreamReader(lists: ReadonlyMap<string, AuthorityLists>): {
  take(message: StreamCRLResponse): Promise<Refusal | undefined>
} {
  const snapshots = new Map<string, SnapshotAssembly>()

  async function takeEvent(
    authority: AuthorityLists,
    event: StreamCRLResponse['event'],
  ): Promise<UpdateRefusal | StreamFault | undefined> {
    const { id } = authority
    const snapshot = snapshots.get(id)
    if (snapshot !== undefined && event?.$case !== 'snapshotChunk' && event?.$case !== 'snapshotEnd') {
      return streamFault('SNAPSHOT_BROKEN', 'something else came in the middle of a list')
    }
    switch (event?.$case) {
      case 'snapshotBegin': {
        const begun = beginSnapshot(event.value.totalBytes, event.value.sha256)
        if ('refused' in begun) return begun
        snapshots.set(id, begun)
        return undefined
      }
      case 'snapshotChunk':
        return snapshot === undefined ? outOfPlace() : snapshot.add(event.value.offset, event.value.data)
      case 'snapshotEnd': {
        snapshots.delete(id)
        const der = snapshot === undefined ? outOfPlace() : snapshot.finish()
        return 'refused' in der ? der : authority.takeComplete(der)
      }
      case 'delta':
        return authority.takeDelta(event.value.deltaCrlDer)
      case 'checkpoint':
        // Without a signature it proves nothing: any relay could have written it.
        return event.value.signedCheckpointDer.length === 0
          ? undefined
          : authority.takeDelta(event.value.signedCheckpointDer)
      case 'reset':
        authority.reset(event.value.reason === ResetReason.RESET_REASON_AHEAD ? 'ahead' : 'too_old')
        return undefined
      case undefined:
        return streamFault('STREAM_UNEXPECTED', 'a message says nothing that this release knows')
    }
  }

  return {
    async take({ authority: id, event }) {
      const authority = lists.get(id)
      const refusal = authority
        ? await takeEvent(authority, event)
        : streamFault('STREAM_UNEXPECTED', 'a message is about an authority that was not asked for')
      return refusal && { ...refusal, authority: id }
    },
  }
}

function outOfPlace(): StreamFault {
  return streamFault('SNAPSHOT_BROKEN', 'a piece of a list came without its beginning')
}
