import { expect, test } from 'vitest'
import { z } from 'zod'
import { describeSchema } from '../../runtime/describe-schema.ts'

test.each([
  ['a number above 0 and up to 3600', z.number().gt(0).max(3600)],
  ['a number of 0 or more and below 1', z.number().min(0).lt(1)],
  ['a number above 0 and below 1', z.number().gt(0).lt(1)],
  ['a number above 0', z.number().gt(0)],
  ['a number below 1', z.number().lt(1)],
  ['a number from 1 to 20', z.number().min(1).max(20)],
  ['a number of 5 or more', z.number().min(5).gt(0)],
  ['a number above 5', z.number().min(5).gt(5)],
  ['a number of 7 or less', z.number().max(7).lt(9)],
  ['a whole number above 0 and up to 10', z.int().positive().max(10)],
])('describeSchema describes %s', (text, schema) => expect(describeSchema(schema)).toBe(text))
