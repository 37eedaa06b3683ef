/** A part of the store whose methods answer at once: what an implementation runs inside one transaction. */
export type Synchronous<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : T[K]
}
