import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { SUBSCRIBABLE_EVENTS } from '../../api/core/webhooks/event.ts'
import { newWebhookSecret, signMessage } from '../../api/core/webhooks/signature.ts'
import { project } from '../support/build.ts'
import { blocksOf, readDocument } from './blocks.ts'

const document = readDocument('docs/webhooks.md')

test('docs/webhooks.md: its receiver in JavaScript accepts what is signed, once, and nothing else', async () => {
  const program =
    blocksOf(document).find(({ language }) => language === 'js')?.text ?? expect.fail('no program')
  // Below the folder with `node_modules`, which the program imports from.
  const path = join(project, 'var', `webhook-example-${process.pid}.mjs`)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, program)
  const secret = newWebhookSecret()
  const child = spawn(process.execPath, [path], {
    env: { ...process.env, WEBHOOK_SECRET: secret, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const port = String((await lines.next()).value).split(' ')[1]
    const body = '{"type":"call.ended","timestamp":"2026-01-31T12:00:00.000Z","data":{"call_id":"1.2"}}'
    const headers = signMessage({ id: 'msg_1', body }, [secret], Math.floor(Date.now() / 1000))
    const send = async (text: string) =>
      (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body: text })).status
    expect([await send(body), await send(body), await send(`${body} `)]).toEqual([204, 204, 400])
    child.kill()
    const printed: string[] = []
    for (let line = await lines.next(); !line.done; line = await lines.next()) printed.push(line.value)
    expect(printed).toEqual(["call.ended { call_id: '1.2' }"])
  } finally {
    child.kill()
    rmSync(path)
  }
})

test('docs/webhooks.md lists each event', () => {
  expect(SUBSCRIBABLE_EVENTS.filter((one) => !document.includes(`\`${one}\``))).toEqual([])
})
