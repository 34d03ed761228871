import fc from 'fast-check'
import { expect, it } from 'vitest'
import { stack } from '../../../console/components/chart/stack.ts'

const figures = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 20 }))
  .chain(([series, points]) =>
    fc.array(fc.array(fc.option(fc.nat(1_000), { nil: null }), { minLength: points, maxLength: points }), {
      minLength: series,
      maxLength: series,
    }),
  )

it('stacks each series on those before it, so that each step is the figure itself', () => {
  fc.assert(
    fc.property(figures, (series) => {
      const stacked = stack(series)
      series.forEach((values, row) => {
        values.forEach((value, index) => {
          const below = row === 0 ? 0 : (stacked[row - 1]?.[index] ?? Number.NaN)
          expect((stacked[row]?.[index] ?? Number.NaN) - below).toBe(value ?? 0)
        })
      })
    }),
  )
})
