import { request } from 'node:http'
import { join } from 'node:path'
import type { Stack } from '../../../support/stack.ts'

export interface SocketReply {
  status: number
  text: string
}

/** Asks a Unix socket of the stack; status 0 means no answer. */
export function requestSocket(
  socketPath: string,
  path: string,
  { method = 'GET', body = '', timeoutMs = 1_000 } = {},
): Promise<SocketReply> {
  return new Promise((resolve) => {
    // The sidecar refuses a GET that announces a body.
    const framing = method === 'GET' ? {} : { 'Content-Length': body.length }
    const headers = { Accept: 'text/json', 'Content-Type': 'application/json', ...framing }
    const req = request({ socketPath, path, method, headers, agent: false, timeout: timeoutMs }, (res) => {
      let text = ''
      res.on('data', (chunk) => {
        text += chunk
      })
      res.once('close', () => resolve({ status: res.statusCode ?? 0, text }))
    })
    req.once('timeout', () => req.destroy())
    req.once('error', () => resolve({ status: 0, text: '' }))
    req.end(body)
  })
}

export const publishSocketOf = ({ run }: Pick<Stack, 'run'>, instance: number) =>
  join(run, `publish-${instance}.sock`)

/** The shared memory that an instance of Nchan uses, in kB. */
export async function sharedMemoryKb(stack: Pick<Stack, 'run'>, instance: number): Promise<number> {
  const { text } = await requestSocket(publishSocketOf(stack, instance), '/status')
  return Number(/^shared memory used: (\d+)K/m.exec(text)?.[1] ?? Number.NaN)
}

/** How many streams an instance has. */
export async function streamCountOf(stack: Pick<Stack, 'run'>, instance: number): Promise<number> {
  const { status, text } = await requestSocket(publishSocketOf(stack, instance), '/channel/state/users-state')
  return status === 200 ? Number(JSON.parse(text).subscribers) : 0
}
