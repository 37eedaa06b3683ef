import type { FeedPorts } from '../../../../src/feed/ports.ts'
import { systemFeedPorts } from '../../../../src/feed/system-ports.ts'

/** A clock on the wall that stands where the test puts it; timers and randomness are real. */
export function createStillPorts(at: Date): FeedPorts & { at: Date } {
  const ports = { ...systemFeedPorts, at, now: () => ports.at }
  return ports
}
