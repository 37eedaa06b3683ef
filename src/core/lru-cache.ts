/** Remembers up to a number of values, and forgets what was not used for longest. */
export interface LruCache<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  clear(): void
}

/** Makes a cache; `maxEntries` of 0 remembers nothing. */
export function createLruCache<Value>(maxEntries: number): LruCache<Value> {
  // A Map iterates in order of insertion: the first key is the one not used for longest.
  const entries = new Map<string, Value>()
  return {
    get(key) {
      const value = entries.get(key)
      if (value === undefined) return undefined
      entries.delete(key)
      entries.set(key, value)
      return value
    },
    set(key, value) {
      entries.delete(key)
      entries.set(key, value)
      if (entries.size > maxEntries) entries.delete(entries.keys().next().value!)
    },
    clear() {
      entries.clear()
    },
  }
}
