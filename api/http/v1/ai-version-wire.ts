import { z } from '@hono/zod-openapi'
import type { AuthoredVersion, VersionList } from '../../core/call-center/ai/document-versions.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { ListQuery, nextCursor, paged, readCursor } from './paging.ts'
import { UserId } from './wire.ts'

export const TemplateParams = z.object({
  templateId: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'must be the id of a template')
    .openapi({ example: 'c2l4dGVlbi1ieXRlcy0tLQ' }),
})
export const AgentParams = z.object({
  agentId: z
    .string()
    .regex(/^\d{1,15}$/, 'must be the id of an agent, such as 5')
    .openapi({ example: '5' }),
})
export const VersionsQuery = ListQuery

export const AiVersionJson = z
  .object({
    version: z.int(),
    changed_at: Time,
    changed_by: z
      .object({ user_id: UserId, display_name: z.string() })
      .nullable()
      .openapi({ description: 'Null if the account was deleted' }),
    deleted: z.boolean().openapi({ description: 'Whether this version is a deletion: it has no content' }),
  })
  .openapi('AiVersion')
export const AiVersionListJson = z
  .object({ versions: z.array(AiVersionJson), ...paged })
  .openapi('AiVersionList')

export const toAiVersionListJson = (
  { versions, total }: VersionList,
  limit: number,
): z.output<typeof AiVersionListJson> => ({
  versions: versions.map(toAiVersionJson),
  next_cursor: nextCursor(versions, limit, ({ version }) => [version]),
  total,
})

const toAiVersionJson = ({
  version,
  changedAt,
  changedBy,
  isDeletion,
}: AuthoredVersion): z.output<typeof AiVersionJson> => ({
  version,
  changed_at: toIsoTime(changedAt),
  changed_by: changedBy && { user_id: changedBy.userId, display_name: changedBy.name },
  deleted: isDeletion,
})

/** @throws {Refusal} `input_invalid` */
export const readVersionCursor = (text: string | undefined): number | undefined =>
  readCursor(text, z.tuple([z.int().min(1)]))?.[0]
