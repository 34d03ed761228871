import type { OpenAPIHono } from '@hono/zod-openapi'
import { type OpenApiSection, sectionOf } from '../openapi.ts'
import type { CrmEnv } from './authorize.ts'

/** The call centre's surface in the document. */
export const crmSection = (app: OpenAPIHono<CrmEnv>): OpenApiSection =>
  sectionOf(app, {
    name: 'Call centre',
    tags: [
      { name: 'Call centre: accounts', description: 'Log in, register by mail, invite' },
      { name: 'Call centre: leads', description: 'Contacts to call' },
      { name: 'Call centre: agents', description: 'Users and AI agents who make calls' },
      {
        name: 'Call centre: campaigns',
        description: 'Lists of leads that are dialed, by hand or automatically',
      },
      {
        name: 'Call centre: calls',
        description:
          'Dial, transfer, hold, hang up. The supervisor of a team sees the calls of that team, here and on the other surfaces. A supervisor without a team sees their own calls here, and all calls on the other surfaces. With `HOOKSWITCH_SUPERVISOR_REACH=all` every supervisor sees all calls on the other surfaces.',
      },
      { name: 'Call centre: statistics', description: 'Live and daily figures' },
      { name: 'Call centre: browser phones', description: 'Temporary SIP credentials' },
      { name: 'Call centre: AI', description: 'Stored settings and prompts; no model is called' },
      { name: 'Call centre: webhooks', description: 'Events from other services' },
    ],
  })
