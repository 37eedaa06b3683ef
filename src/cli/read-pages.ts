/** Reads a paged list to its end. */
export async function readPages<T>(
  readPage: (pageToken: string) => Promise<{ readonly items: readonly T[]; readonly nextPageToken: string }>,
): Promise<readonly T[]> {
  const all: T[] = []
  let pageToken = ''
  do {
    const { items, nextPageToken } = await readPage(pageToken)
    all.push(...items)
    pageToken = nextPageToken
  } while (pageToken !== '')
  return all
}
