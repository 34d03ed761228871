import { expect, test } from 'vitest'
import { readDocument } from './blocks.ts'
import { readSources } from './log-events.ts'

const metricsIn = (text: string, pattern: RegExp) =>
  [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort()

test('docs/operations.md has a row for every metric of the code, and no other', () => {
  const exported = metricsIn(readSources().join('\n'), /'(hookswitch_[a-z_]+)'/g)
  const described = metricsIn(readDocument('docs/operations.md'), /^\| `(hookswitch_[a-z_]+)/gm)
  expect(exported.length).toBeGreaterThan(3)
  expect(described).toEqual(exported)
})
