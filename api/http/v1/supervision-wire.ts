import { z } from '@hono/zod-openapi'
import { DIAL_DEVICES } from '../../core/calls/call-control.ts'
import { SUPERVISION_MODES } from '../../core/calls/supervision/supervision.ts'

export const SupervisionMode = z.enum(SUPERVISION_MODES).openapi({
  description: 'Who gets my voice: `listen` none of them; `whisper` the agent alone; `join` both',
})
export const SuperviseBody = z
  .strictObject({
    device: z.enum(DIAL_DEVICES).default('any').openapi({
      description:
        'Which of my phones rings: `any` the desk phone and the browsers, or `browser` these alone',
    }),
  })
  .openapi('Supervise', { example: { device: 'any' } })
export const SupervisionJson = z
  .object({
    id: z.string().openapi({ description: 'Also the `X-Hookswitch-Call` of the INVITE to a browser' }),
    mode: SupervisionMode,
  })
  .openapi('Supervision')
export const SupervisorJson = z
  .object({
    id: z.string(),
    user_id: z.string(),
    name: z.string(),
    mode: SupervisionMode,
    state: z.enum(['ringing', 'up']).openapi({ description: '`ringing`: the supervisor’s own phone rings' }),
  })
  .openapi('Supervisor')
