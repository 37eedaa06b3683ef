/** What a command's exit code means. Scripts rely on it: the numbers never change. */
export const EXIT = {
  /** Done; or checked, and the answer is yes. */
  yes: 0,
  /** It failed for a reason that has no number of its own. */
  failure: 1,
  /** The command line, or a value in it, is not acceptable. */
  usage: 2,
  /** No such client, certificate, authority or file. */
  notFound: 3,
  /** The service does not know the caller, or the caller lacks the scope. */
  notAllowed: 4,
  /** The service, or something it needs, does not answer. */
  unavailable: 6,
  /** Checked, and the answer is no: a request is denied, a chain is broken. */
  no: 10,
} as const

/** See {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
