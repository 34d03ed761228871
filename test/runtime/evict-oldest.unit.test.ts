import { describe, expect, it } from 'vitest'
import { evictOldest } from '../../runtime/evict-oldest.ts'

describe('evictOldest', () => {
  it.each([
    ['a Map', () => new Map([1, 2, 3, 4].map((key) => [key, key]))],
    ['a Set', () => new Set([1, 2, 3, 4])],
  ])('removes the first entries of %s until it fits', (_, entriesOf) => {
    const entries = entriesOf()
    evictOldest(entries, 2)
    expect([...entries.keys()]).toEqual([3, 4])
  })

  it('removes nothing from what fits', () => {
    const ids = new Set(['a', 'b'])
    evictOldest(ids, 2)
    expect([...ids]).toEqual(['a', 'b'])
  })
})
