import { once } from 'node:events'
import { createServer } from 'node:http'
import { createLog } from '../../../runtime/log.ts'
import { exitOnUncaughtError, onShutdown } from '../../../runtime/shutdown.ts'

// Serves until it meets the fault that its argument names, and prints when it leaves in order.
process.send?.('ready')
await once(process, 'message')
const fault = process.argv[1] ?? ''
const log = createLog('faulty', 'error')
exitOnUncaughtError(log)
const server = createServer().listen(0)
if (!fault.includes('while starting')) {
  onShutdown(log, async () => {
    server.close()
    console.log('left in order')
    if (fault.includes('again')) throw new Error('could not leave')
  })
}
const cause = new Error('a token eyJhbGciOiJub25lIn0.e30.x nobody caught')
if (fault.includes('rejection')) void Promise.reject(cause)
else if (fault.includes('no error')) void Promise.reject('text alone')
else
  setTimeout(() => {
    throw cause
  }, 5)
