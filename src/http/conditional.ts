/** Validators of a representation, RFC 9110 section 8.8. */
export interface Validators {
  /** Strong: quotes included. */
  readonly etag: string
  /** Left out where two representations may have the same one, or a later one an earlier one: then only the tag tells them apart. */
  readonly lastModified?: Date | undefined
}

/**
 * True if the client's copy is current, so that 304 answers it. `If-None-Match` wins over `If-Modified-Since`, and compares
 * weakly: RFC 9110 sections 13.1.2, 13.1.3 and 13.2.2.
 */
export function isNotModified(
  request: { readonly ifNoneMatch: string | undefined; readonly ifModifiedSince: string | undefined },
  validators: Validators,
): boolean {
  if (request.ifNoneMatch !== undefined) return matchesAny(request.ifNoneMatch, validators.etag)
  if (request.ifModifiedSince === undefined || validators.lastModified === undefined) return false
  const since = Date.parse(request.ifModifiedSince)
  // HTTP dates have whole seconds. An unreadable date is ignored, as section 13.1.3 asks.
  return !Number.isNaN(since) && Math.floor(validators.lastModified.getTime() / 1000) * 1000 <= since
}

function matchesAny(header: string, etag: string): boolean {
  if (header.trim() === '*') return true
  return header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag)
}
