import type { HttpQuestion } from '../../src/http/answer.ts'

/** A GET of `/` without anything, with what a test is about. */
export function httpQuestion(change: Partial<HttpQuestion> = {}): HttpQuestion {
  return {
    method: 'GET',
    path: '/',
    ifNoneMatch: undefined,
    ifModifiedSince: undefined,
    contentType: undefined,
    authorization: undefined,
    origin: undefined,
    chainDer: [],
    peer: 'test',
    body: new Uint8Array(),
    ...change,
  }
}
