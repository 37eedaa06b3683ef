/** Bob keeps users, on Express. He decides by the authority while it answers, and by himself while it does not. */
import express, { type RequestHandler } from 'express'
import { createAuthorize } from '@chancery/client/express'
import { openResourceServer } from './resource-server.ts'

const { verifier } = await openResourceServer()
const authorize = createAuthorize(verifier, { audience: 'bob' })
const users = new Map([['7', { name: 'Eve' }]])

/** Lets only one kind of credential through, as the article's server has it. Its clients need not know: theirs changes with the authority's health. */
const only =
  (kind: 'token' | 'certificate'): RequestHandler =>
  (req, res, next) => {
    const shown = req.chancery?.principal.tokenId === undefined ? 'certificate' : 'token'
    if (shown === kind) next()
    // Not 401, after which a caller would take its token for refused, and sign instead.
    else res.status(403).json({ title: `This route takes a ${kind}.` })
  }

const read = authorize({ scopes: ['bob.user.read'] })
const write = authorize({ scopes: ['bob.user.write'] })
const hello: RequestHandler = (req, res) => void res.json({ hello: req.chancery?.principal.clientId })

const app = express()
app.get('/token', read, only('token'), hello)
app.get('/cert', read, only('certificate'), hello)
app.get('/users/:id', read, (req, res) => {
  const user = users.get(req.params.id)
  if (user) res.json(user)
  else res.sendStatus(404)
})
app.put('/users/:id', write, express.json(), (req, res) => {
  const { name } = req.body as { name: string }
  users.set(req.params.id, { name })
  res.sendStatus(204)
})

const server = app.listen(Number(process.env['PORT'] ?? 8585), '127.0.0.1', () => {
  const address = server.address()
  console.log(`bob listens on http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`)
})
