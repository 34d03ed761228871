import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextIndex } from '../../console/components/roving.ts'

describe('moving in a grid by keys', () => {
  /** 0 1 2 / 3 4 5 / 6 7 */
  const grid = { count: 8, columns: 3, pageRows: 2 }

  it.each([
    ['ArrowRight', 2, 3],
    ['ArrowRight', 7, 7],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 1, 4],
    ['ArrowDown', 5, 5],
    ['ArrowUp', 1, 1],
    ['PageDown', 4, 7],
    ['PageUp', 4, 1],
    ['Home', 5, 0],
    ['End', 0, 7],
    ['a', 0, undefined],
  ])('%s from %i leads to %s', (key, from, to) => {
    expect(nextIndex(key, from, grid)).toBe(to)
  })

  it('leaves the arrows to the side alone in a list', () => {
    expect(nextIndex('ArrowRight', 0, { count: 8, columns: 1 })).toBeUndefined()
  })

  it('never leaves the grid', () => {
    const keys = fc.constantFrom(
      'ArrowRight',
      'ArrowLeft',
      'ArrowDown',
      'ArrowUp',
      'PageDown',
      'PageUp',
      'Home',
      'End',
    )
    fc.assert(
      fc.property(
        keys,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 2, max: 9 }),
        fc.nat(),
        (key, count, columns, at) => {
          const next = nextIndex(key, at % count, { count, columns })
          expect(next).toBeGreaterThanOrEqual(0)
          expect(next).toBeLessThan(count)
        },
      ),
    )
  })
})
