import { z } from '@hono/zod-openapi'
import type { CampaignText } from '../../core/call-center/desk/campaign-texts.ts'
import { DISPOSITION_EFFECTS, type Disposition } from '../../core/call-center/desk/disposition.ts'
import { LEAD_STATUSES } from '../../core/call-center/leads/lead.ts'

export const Id = z
  .string()
  .regex(/^\d{1,15}$/, 'must be an id, such as 5')
  .openapi({ example: '5' })
export const CampaignParams = z.object({ campaignId: Id })

export const DispositionKey = z
  .string()
  .regex(/^[1-9]$/, 'must be a key from 1 to 9')
  .openapi({ example: '1' })
export const DispositionJson = z
  .strictObject({
    key: DispositionKey,
    name: z
      .string()
      .trim()
      .regex(/^[^\p{C}]{1,60}$/u, 'must be 1 to 60 characters in one line')
      .openapi({ example: 'Not interested' }),
    effect: z.enum(DISPOSITION_EFFECTS).openapi({
      description:
        '`done`: the campaign calls the lead no more; `retry`: again after the usual delay, if attempts are left; `callback`: at the time that was agreed; `do_not_call`: the number goes on the do-not-call list',
    }),
    lead_status: z
      .enum(LEAD_STATUSES)
      .nullable()
      .default(null)
      .openapi({ description: 'The new status of the lead; null leaves it' }),
  })
  .openapi('Disposition')
export const DispositionsBody = z
  .strictObject({ dispositions: z.array(DispositionJson).min(1).max(9) })
  .openapi('NewDispositions', {
    example: {
      dispositions: [{ key: '1', name: 'Wants an offer', effect: 'done', lead_status: 'qualified' }],
    },
  })
export const DispositionsJson = z
  .object({
    dispositions: z.array(DispositionJson),
    is_default: z.boolean().openapi({ description: 'The campaign has none of its own: these are the usual' }),
  })
  .openapi('Dispositions')

export const ScriptBody = z
  .strictObject({ text: z.string().max(20_000) })
  .openapi('NewScript', { example: { text: 'Good morning, this is …' } })
export const ScriptJson = z
  .object({ text: z.string().openapi({ description: 'Empty if the campaign has none' }) })
  .openapi('Script')

export const toDispositionJson = ({
  leadStatus,
  ...same
}: Disposition): z.output<typeof DispositionJson> => ({ ...same, lead_status: leadStatus })

export const toDisposition = ({
  lead_status: leadStatus,
  ...same
}: z.output<typeof DispositionJson>): Disposition => ({ ...same, leadStatus })

export const toDispositionsJson = ({
  body,
  isDefault,
}: CampaignText<'dispositions'>): z.output<typeof DispositionsJson> => ({
  dispositions: body.map(toDispositionJson),
  is_default: isDefault,
})
export const toScriptJson = ({ body }: CampaignText<'script'>): z.output<typeof ScriptJson> => ({
  text: body,
})
