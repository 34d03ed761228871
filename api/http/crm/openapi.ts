import type { OpenAPIHono } from '@hono/zod-openapi'
import { type OpenApiSection, sectionOf } from '../openapi.ts'
import type { CrmEnv } from './authorize.ts'

/** The call centre's surface in the document. */
export const crmSection = (app: OpenAPIHono<CrmEnv>): OpenApiSection =>
  sectionOf(app, {
    name: 'Call centre',
    tags: [
      { name: 'Call centre: accounts', description: 'Log in, register by mail, invite' },
      { name: 'Call centre: leads', description: 'Whom to call' },
      { name: 'Call centre: agents', description: 'Who calls' },
      { name: 'Call centre: campaigns', description: 'Lists that are dialled, by hand or by themselves' },
      {
        name: 'Call centre: calls',
        description:
          'Dial, transfer, hold, hang up. A supervisor of a team reaches no further on the other surfaces, unless `HOOKSWITCH_SUPERVISOR_REACH=all`; one of no team has their own calls here, and everybody’s there.',
      },
      { name: 'Call centre: statistics', description: 'How it goes' },
      { name: 'Call centre: browser phones', description: 'Credentials that are lent' },
      { name: 'Call centre: AI', description: 'Settings and prompts that are kept; no model is called' },
      { name: 'Call centre: webhooks', description: 'What others tell us' },
    ],
  })
