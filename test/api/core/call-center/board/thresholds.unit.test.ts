import { describe, expect, test } from 'vitest'
import {
  type Level,
  levelOf,
  type MeasureName,
  NO_THRESHOLDS,
  requireOrdered,
} from '../../../../../api/core/call-center/board/thresholds.ts'

describe('a level', () => {
  test.each<[MeasureName, number | null, number | null, number | null, Level]>([
    ['agents_ready', 3, 3, 1, 'normal'],
    ['agents_ready', 2, 3, 1, 'warning'],
    ['agents_ready', 1, 3, 1, 'warning'],
    ['agents_ready', 0, 3, 1, 'critical'],
    ['calls_waiting', 1, 2, 5, 'normal'],
    ['calls_waiting', 2, 2, 5, 'warning'],
    ['calls_waiting', 5, 2, 5, 'critical'],
    ['longest_break', 900, null, 900, 'critical'],
    ['longest_break', 9_000, null, null, 'normal'],
    ['answer_rate', 59, 80, 60, 'critical'],
    ['answer_rate', null, 80, 60, 'normal'],
  ])('of %s at %s, with warning %s and critical %s, is %s', (name, value, warning, critical, level) => {
    expect(levelOf(name, value, { warning, critical })).toBe(level)
  })
})

describe('thresholds', () => {
  const changed = (name: MeasureName, warning: number | null, critical: number | null) => ({
    ...NO_THRESHOLDS,
    [name]: { warning, critical },
  })

  test.each([
    ['agents_ready', 1, 3],
    ['answer_rate', 60, 80],
    ['calls_waiting', 5, 2],
    ['longest_break', 900, 60],
  ] as const)('of %s with warning %i and critical %i are refused', (name, warning, critical) => {
    expect(() => requireOrdered(changed(name, warning, critical))).toThrow(
      expect.objectContaining({ code: 'input_invalid', detail: expect.stringContaining(name) }),
    )
  })

  test.each([
    ['agents_ready', 3, 1],
    ['agents_ready', 3, 3],
    ['agents_ready', null, 3],
    ['calls_waiting', 2, 5],
    ['calls_waiting', 2, null],
  ] as const)('of %s with warning %s and critical %s are taken', (name, warning, critical) => {
    expect(() => requireOrdered(changed(name, warning, critical))).not.toThrow()
  })
})
