import { describe, expect, it } from 'vitest'
import { badgeOf, iconWithCount, shortCount, titleOf } from '../../console/app/attention.ts'

const rings = { count: 1, text: 'Call from Alice' }

describe('what asks for attention', () => {
  it('is in the title: the number of missed calls, and by turns the call that rings', () => {
    expect(titleOf('Today', 0, undefined, false)).toBe('Today')
    expect(titleOf('Today', 3, undefined, false)).toBe('(3) Today')
    expect(titleOf('Today', 120, undefined, false)).toBe('(99+) Today')
    expect(titleOf('Today', 3, rings, true)).toBe('📞 Call from Alice')
    expect(titleOf('Today', 3, rings, false)).toBe('(3) Today')
    // A call that has ended is not shown, though its turn was not over.
    expect(titleOf('Today', 0, undefined, true)).toBe('Today')
  })

  it('is on the badge: missed calls, and those that ring', () => {
    expect(badgeOf(0, undefined)).toBe(0)
    expect(badgeOf(2, undefined)).toBe(2)
    expect(badgeOf(2, rings)).toBe(3)
  })

  it('is on the icon, as one digit', () => {
    const icon = '<svg><path/></svg>'
    expect(iconWithCount(icon, 2)).toMatch(/^<svg><path\/>.*>2<\/text><\/svg>$/)
    expect(iconWithCount(icon, 10)).toContain('>9+<')
    expect(shortCount(99)).toBe('99')
  })
})
