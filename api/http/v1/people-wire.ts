import { z } from '@hono/zod-openapi'
import type { ListedPerson, PeopleCursor, PeoplePage } from '../../core/directory/people.ts'
import { ACCOUNT_EXTENSION } from '../../core/values/extension.ts'
import { UserId } from './wire.ts'

export const PeopleQuery = z.object({
  q: z
    .string()
    .max(100)
    .default('')
    .openapi({ description: 'Words of the name, the username or the extension', example: 'ana' }),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z
    .string()
    .regex(/^[\w-]{1,1000}$/, 'must be a cursor that we gave')
    .optional(),
})
export const FavouriteParams = z.object({
  extension: z.string().regex(ACCOUNT_EXTENSION, 'must be an extension').openapi({ example: '1002' }),
})

export const PersonJson = z
  .object({
    user_id: UserId,
    extension: z.string(),
    display_name: z.string(),
    username: z.string(),
    favourite: z.boolean().openapi({ description: 'Whether it is a favourite of mine' }),
  })
  .openapi('Person')
export const PeopleJson = z
  .object({
    people: z.array(PersonJson),
    next_cursor: z.string().nullable(),
    total: z.number().int().min(0).openapi({ description: 'All that match' }),
  })
  .openapi('People')

export const toPeopleJson = ({ people, next, total }: PeoplePage): z.infer<typeof PeopleJson> => ({
  people: people.map(toPersonJson),
  next_cursor: next === undefined ? null : encodePeopleCursor(next),
  total,
})

const toPersonJson = (one: ListedPerson): z.infer<typeof PersonJson> => ({
  user_id: one.userId,
  extension: one.extension,
  display_name: one.name,
  username: one.username,
  favourite: one.isFavourite,
})

const encodePeopleCursor = ({ isFavourite, userId, name }: PeopleCursor) =>
  Buffer.from(`${isFavourite ? 1 : 0}:${userId}:${name}`).toString('base64url')

/** @returns undefined for a malformed cursor */
export function decodePeopleCursor(text: string): PeopleCursor | undefined {
  const [, favourite, userId, name] =
    /^([01]):(\d{1,15}):(.*)$/su.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? []
  if (userId === undefined || name === undefined) return undefined
  return { isFavourite: favourite === '1', userId, name }
}
