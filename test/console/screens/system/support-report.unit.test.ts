import { expect, it } from 'vitest'
import { type ReportParts, writeSupportReport } from '../../../../console/screens/system/support-report.ts'

const parts: ReportParts = {
  system: {
    components: [
      { name: 'sql', state: 'ok', detail: 'The database answers.' },
      { name: 'pbx', state: 'down', detail: 'No answer.', since: '2026-01-31T12:00:00.000Z' },
    ],
    version: '1.2.3',
    started_at: '2026-01-31T11:00:00.000Z',
  },
  capabilities: { online: false, softphone_listens: true, commands: { dial: 'none', hold: 'softphone' } },
  keys: {
    keys: [{ id: 'hs256-a', algorithm: 'HS256', created_at: '2026-01-01T00:00:00.000Z', state: 'signing' }],
  },
  userAgent: 'A browser',
  at: new Date('2026-01-31T13:00:00Z'),
}

it('holds states, versions and ids of keys', () => {
  expect(writeSupportReport(parts)).toBe(`Hookswitch, report for support
written: 2026-01-31T13:00:00.000Z
version: 1.2.3
started: 2026-01-31T11:00:00.000Z
browser: A browser

parts:
- sql: ok: The database answers.
- pbx: down since 2026-01-31T12:00:00.000Z: No answer.

telephone system: not connected
commands: dial=none hold=softphone

keys:
- hs256-a HS256 signing
`)
})

it('is written without what has not been loaded, and texts of others add no lines', () => {
  const report = writeSupportReport({
    ...parts,
    capabilities: undefined,
    keys: undefined,
    userAgent: 'A\nversion: 9\u2028\u202e',
  })
  expect(report.split('\n')[4]).toBe('browser: A version: 9')
  expect(report).not.toContain('keys:')
})
