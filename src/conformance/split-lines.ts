/** One line without its end, or `undefined` for one that was too long to keep. */
export type Line = string | undefined

/** Cuts text into lines. Of a line longer than `maxLength` nothing is kept, so that memory stays bounded. */
export async function* splitLines(chunks: AsyncIterable<string>, maxLength: number): AsyncGenerator<Line> {
  let parts: string[] = []
  let length = 0
  const add = (text: string): void => {
    length += text.length
    if (length > maxLength) parts = []
    else parts.push(text)
  }
  const take = (): Line => {
    const line = length > maxLength ? undefined : parts.join('')
    parts = []
    length = 0
    return line
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      add(chunk.slice(start, end))
      yield take()
      start = end + 1
    }
    add(chunk.slice(start))
  }
  if (length > 0) yield take()
}
