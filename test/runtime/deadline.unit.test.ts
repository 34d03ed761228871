import { describe, expect, it } from 'vitest'
import { withDeadline } from '../../runtime/deadline.ts'

describe('withDeadline', () => {
  it('returns the result of work that ends in time', async () => {
    expect(await withDeadline(Promise.resolve(7), 60_000, () => new Error('late'))).toBe(7)
  })

  it('throws when the work takes longer', async () => {
    await expect(withDeadline(new Promise(() => {}), 1, () => new Error('late'))).rejects.toThrow('late')
  })
})
