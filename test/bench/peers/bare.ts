// The floor: the least that Node's own HTTP server can be asked to do. It lets everybody in.
import { createServer } from 'node:http'
import { settings } from './settings.ts'

createServer((_, res) => {
  res.statusCode = 204
  res.end()
}).listen(settings().socket)
