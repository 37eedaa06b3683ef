import { systemFeedPorts } from '../../../src/feed/system-ports.ts'
import type { FeedPorts } from '../../../src/feed/ports.ts'

/** The real surroundings, with timers that do not keep a program alive that has nothing else to do. */
export const quietPorts: FeedPorts = {
  ...systemFeedPorts,
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds).unref()
    return () => clearTimeout(timer)
  },
}
