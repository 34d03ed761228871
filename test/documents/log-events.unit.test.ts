import { describe, expect, test } from 'vitest'
import { readDocument } from './blocks.ts'
import { expectGenerated, tableRow } from './generated.ts'
import { eventsIn, readSources } from './log-events.ts'

const DOCUMENT = 'docs/operations.md'
const PENDING = 'TODO'
const events = eventsIn(readSources())

/** Rows of the table: a failure and its recovery share one, under the name of the failure. */
const rows = events.filter(
  (event) => !(event.endsWith('_recovered') && events.includes(event.replace(/_recovered$/, '_failed'))),
)
const hasRecovery = (event: string) =>
  event.endsWith('_failed') && events.includes(event.replace(/_failed$/, '_recovered'))

/** What people wrote about each event: the last two cells of its row. */
function describedEvents(markdown: string): Map<string, [meaning: string, action: string]> {
  const [, table = ''] =
    /<!-- generated: log events -->([\s\S]*?)<!-- end: log events -->/.exec(markdown) ?? []
  return new Map(
    [...table.matchAll(/^\| `(\w+)`[^|]*\| (.*?) \| (.*?) \|$/gm)].map(
      ([, event = '', meaning = '', action = '']) => [event, [meaning, action]],
    ),
  )
}

describe('log events', () => {
  const described = describedEvents(readDocument(DOCUMENT))

  test('docs/operations.md has a row for every event of the code, and no other', async () => {
    const lines = rows.map((event) => {
      const [meaning = PENDING, action = PENDING] = described.get(event) ?? []
      const name = hasRecovery(event) ? `\`${event}\`, \`…_recovered\`` : `\`${event}\``
      return `| ${name} | ${meaning} | ${action} |`
    })
    const table = [tableRow('event', 'meaning', 'what to do'), '|---|---|---|', ...lines].join('\n')
    await expectGenerated(DOCUMENT, 'log events', table)
  })

  test('each has a meaning and an action', () => {
    const pending = rows.filter((event) => described.get(event)?.includes(PENDING) ?? true)
    expect(pending).toEqual([])
  })

  test.each([
    ['a member', "log.info({ event: 'disk_full', free }, 'x')", ['disk_full']],
    ['a choice', "log.info({ event: ok ? 'disk_ok' : 'disk_full' }, 'x')", ['disk_full', 'disk_ok']],
    ['a parameter with a union', "onNote(event: 'a_b' | 'c_d', about: object)", ['a_b', 'c_d']],
    ['a parameter with a named union', "type E =\n  | 'a_b'\n  | 'c_d'\nf(event: E, x)", ['a_b', 'c_d']],
    [
      'a failure',
      "const logFailure = failureLogger(log)\nlogFailure('disk_write', 'x')",
      ['disk_write_failed', 'disk_write_recovered'],
    ],
    [
      'a failure without a name for the logger',
      "failureLogger(log)(\n  'disk_write',\n  'x')",
      ['disk_write_failed', 'disk_write_recovered'],
    ],
    [
      'a failure of a single attempt, which has no recovery',
      "const logFailure = failureLogger(log)\nlogFailure.once('disk_mount', 'x')",
      ['disk_mount_failed'],
    ],
    [
      'the same without a name for the logger',
      "failureLogger(log).once(\n  'disk_mount',\n  'x')",
      ['disk_mount_failed'],
    ],
    ['no event of an emitter', "on(event: 'error', listener: () => void)", []],
  ])('collects %s', (_, source, found) => {
    expect(eventsIn([source])).toEqual(found)
  })
})
