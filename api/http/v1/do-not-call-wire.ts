import { z } from '@hono/zod-openapi'
import type { ListedNumber } from '../../core/call-center/leads/do-not-call.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { ListQuery, nextCursor, paged, readCursor, SearchText } from './paging.ts'

const PhoneNumber = z.string().min(1).max(64).openapi({ example: '+493012345' })
export const NumberParams = z.object({ number: PhoneNumber })

export const DoNotCallJson = z
  .object({
    number: z.string().openapi({ description: 'E.164 where the dial policy names a country' }),
    note: z.string(),
    added_at: Time,
  })
  .openapi('DoNotCallNumber')
export const DoNotCallListJson = z
  .object({ numbers: z.array(DoNotCallJson), ...paged })
  .openapi('DoNotCallList')

export const DoNotCallQuery = ListQuery.extend({
  q: SearchText.optional().openapi({ description: 'Part of the number, in any spelling, or of the note' }),
})
export const NewDoNotCallBody = z
  .strictObject({
    number: PhoneNumber.openapi({ description: 'In any spelling' }),
    note: z
      .string()
      .trim()
      .regex(/^[^\p{C}]{1,200}$/u, 'must be 1 to 200 characters in one line')
      .default('by an admin'),
  })
  .openapi('NewDoNotCallNumber', { example: { number: '+493012345', note: 'asked us on the phone' } })

export const toDoNotCallJson = ({
  number,
  reason,
  addedAt,
}: ListedNumber): z.output<typeof DoNotCallJson> => ({
  number,
  note: reason,
  added_at: toIsoTime(addedAt),
})

export const toDoNotCallCursor = (page: readonly ListedNumber[], limit: number) =>
  nextCursor(page, limit, ({ number }) => [number])

/** @throws {Refusal} `input_invalid` */
export const readDoNotCallCursor = (text: string | undefined): string | undefined =>
  readCursor(text, z.tuple([z.string().regex(/^[+0-9*#]{1,64}$/)]))?.[0]
