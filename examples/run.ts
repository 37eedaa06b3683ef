/** `npm run example -- NAME`. */
const NAMES = ['alice', 'bob', 'carol']
const name = process.argv[2] ?? ''
if (!NAMES.includes(name)) {
  process.stderr.write(`usage: npm run example -- ${NAMES.join('|')}\n`)
  process.exit(2)
}
await import(`./${name}.ts`)
