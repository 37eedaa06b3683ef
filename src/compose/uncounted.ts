import type { Metrics } from '../authority/ports.ts'
import type { CallMetrics } from '../grpc/call-report.ts'

/** For where nobody asks for figures. */
export const uncounted: Metrics & CallMetrics = {
  certificateIssued: () => undefined,
  certificatesRevoked: () => undefined,
  requestDecided: () => undefined,
  crlPublished: () => undefined,
  ocspAnswered: () => undefined,
  ocspSigned: () => undefined,
  tokenIssued: () => undefined,
  tokenRefused: () => undefined,
  oauthAnswered: () => undefined,
  crlAdvanced: () => undefined,
  callStarted: () => undefined,
  callEnded: () => undefined,
}
