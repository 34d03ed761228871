// The floor: the least that Node's own HTTP server can be asked to do. It lets every request in.
import { createServer } from 'node:http'
import { settings } from './settings.ts'

createServer((req, res) => {
  res.statusCode = 204
  // Hookswitch's nginx takes no answer that does not repeat the id of its question; the plain one sends none.
  const id = req.headers['x-hs-request-id']
  if (id !== undefined) res.setHeader('X-Hs-Request-Id', id)
  res.end()
}).listen(settings().socket)
