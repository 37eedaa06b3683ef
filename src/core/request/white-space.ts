/**
 * Takes spaces and tabs off both ends (OWS, RFC 9110 section 5.6.3). A loop, because a pattern for the white space at an end takes quadratic
 * time on a long run of it elsewhere.
 */
export function trimWhiteSpace(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && isWhiteSpace(text[start])) start++
  while (end > start && isWhiteSpace(text[end - 1])) end--
  return text.slice(start, end)
}

function isWhiteSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}
