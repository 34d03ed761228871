import { z } from '@hono/zod-openapi'
import { DAY_S } from '../../../runtime/time.ts'
import type { AgentAiSettings, AiConfig } from '../../core/call-center/ai/document-bodies.ts'
import type { VersionedDocument } from '../../core/call-center/ai/document-store.ts'
import type { TemplateInput } from '../../core/call-center/ai/templates.ts'
import { Time } from '../openapi.ts'
import { IdJson, toIdJson } from './ids.ts'
import { iso } from './iso-time.ts'

const LongText = z.string().min(1).max(20_000)
const ShortText = z.string().trim().min(1).max(200)
const Version = z.int().openapi({ description: 'Grows with each change; also in `ETag`' })

const Language = z
  .string()
  .max(35)
  .transform((tagText, ctx) => {
    try {
      const [tag] = Intl.getCanonicalLocales(tagText)
      if (tag !== undefined) return tag
    } catch {
      // A RangeError: not a BCP 47 tag.
    }
    ctx.addIssue({ code: 'custom', message: 'must be a language tag such as en-US' })
    return z.NEVER
  })
  .openapi({ type: 'string', description: 'BCP 47', example: 'en-US' })

export const SettingsBody = z.object({
  systemPrompt: LongText,
  greetingMessage: z.string().max(2_000).nullable().default(null),
  voiceId: ShortText.nullable().default(null),
  language: Language.default('en-US'),
  maxResponseTokens: z.int().min(1).max(32_000).default(500),
  temperature: z.number().min(0).max(2).default(0.7),
}) satisfies z.ZodType<AgentAiSettings>

export const AgentAiSettingsJson = z
  .object({
    id: IdJson.openapi({ description: 'The id of the agent, who has one document of settings' }),
    agentId: IdJson,
    systemPrompt: z.string(),
    greetingMessage: z.string().nullable(),
    voiceId: z.string().nullable(),
    language: z.string(),
    maxResponseTokens: z.int(),
    temperature: z.number(),
    createdAt: Time,
    updatedAt: Time,
    version: Version,
  })
  .openapi('CrmAiSettings')

export const toAgentAiSettingsJson = ({
  key,
  body,
  version,
  createdAt,
  updatedAt,
}: VersionedDocument<'settings'>): z.output<typeof AgentAiSettingsJson> => ({
  id: toIdJson(key),
  agentId: toIdJson(key),
  ...body,
  createdAt: iso(createdAt),
  updatedAt: iso(updatedAt),
  version,
})

const ProviderName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._:/-]{0,99}$/, 'must be a name of letters and digits')

/** Strict: rejects unknown members, so that no API key is ever stored here. */
export const ConfigBody = z.strictObject({
  model: ProviderName,
  useClaudeCode: z.boolean().default(false),
  fallbackToApi: z.boolean().default(false),
  defaultVoice: ProviderName.default('default'),
  maxCallDuration: z.int().min(1).max(DAY_S).default(1_800).openapi({ description: 'Seconds' }),
  sttProvider: ProviderName.default('none'),
  ttsProvider: ProviderName.default('none'),
}) satisfies z.ZodType<AiConfig>

export const AiConfigJson = z
  .object({
    model: z.string(),
    useClaudeCode: z.boolean(),
    fallbackToApi: z.boolean(),
    defaultVoice: z.string(),
    maxCallDuration: z.int().openapi({ description: 'Seconds' }),
    sttProvider: z.string(),
    ttsProvider: z.string(),
    version: Version.openapi({ description: '0 until it is set' }),
  })
  .openapi('CrmAiConfig')

export const toAiConfigJson = ({
  body,
  version,
}: VersionedDocument<'config'>): z.output<typeof AiConfigJson> => ({
  ...body,
  version,
})

export const TemplateBody = z.object({
  name: ShortText,
  category: ShortText.max(100).default('general'),
  content: LongText.openapi({ description: '`{{name}}` is a placeholder' }),
  variables: z.array(z.string().max(64)).max(100).optional().openapi({
    description: 'The names of the placeholders. If given, all of them',
  }),
}) satisfies z.ZodType<TemplateInput>

export const TemplateJson = z
  .object({
    id: z.string().openapi({ example: 'c2l4dGVlbi1ieXRlcy0tLQ' }),
    name: z.string(),
    category: z.string(),
    content: z.string(),
    variables: z.array(z.string()),
    createdAt: Time,
    updatedAt: Time,
    version: Version,
  })
  .openapi('CrmTemplate')

export const toTemplateJson = ({
  key,
  body,
  version,
  createdAt,
  updatedAt,
}: VersionedDocument<'template'>): z.output<typeof TemplateJson> => ({
  id: key,
  ...body,
  createdAt: iso(createdAt),
  updatedAt: iso(updatedAt),
  version,
})

/** For reading an older version. */
export const VersionQuery = z.object({
  version: z.coerce
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .openapi({ description: 'An older version; the newest by default' }),
})
