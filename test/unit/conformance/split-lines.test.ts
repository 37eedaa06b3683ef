import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Line, splitLines } from '../../../src/conformance/split-lines.ts'

async function* from(chunks: readonly string[]): AsyncGenerator<string> {
  for (const chunk of chunks) yield await Promise.resolve(chunk)
}

async function split(maxLength: number, ...chunks: string[]): Promise<Line[]> {
  const lines: Line[] = []
  for await (const line of splitLines(from(chunks), maxLength)) lines.push(line)
  return lines
}

describe('splitLines', () => {
  it('joins what chunks cut apart', async () => {
    assert.deepEqual(await split(9, 'a', 'b\nc', '\n', '\nd'), ['ab', 'c', '', 'd'])
  })

  it('keeps nothing of a line that is too long, and goes on with the next', async () => {
    assert.deepEqual(await split(3, 'abc\nabcd\nab', 'cd', 'ef\nx\n'), ['abc', undefined, undefined, 'x'])
    assert.deepEqual(await split(3, 'abcdef'), [undefined])
  })
})
