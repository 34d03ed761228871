import { z } from '@hono/zod-openapi'
import { bearer, json, open, refusing, type Surface, TOKEN_FLAWS, taking, under } from '../openapi.ts'
import { speech } from './errors.ts'
import * as wire from './wire.ts'

const no = refusing(speech, wire.Refused)

/** The surface of VoIP onboarding: from an account to a phone that rings. */
export const described: Surface = {
  name: 'VoIP onboarding',
  tags: [{ name: 'onboarding', description: 'Make an account, and set up a phone for its extension.' }],
  operations: under('onboarding', '', [
    {
      method: 'post',
      path: '/auth/register',
      operationId: 'onboardingRegister',
      summary: 'Make an account, and an extension for it',
      description:
        'An address that a live invitation names is taken (409) without that `invitation`, also where registration is open. No number is given out whose folder of recordings holds files.',
      security: open,
      request: taking(
        wire.RegisterBody.openapi({ example: { email: 'anna@example.org', password: 'correct horse' } }),
      ),
      responses: {
        201: json(wire.RegisteredShape, 'The account'),
        ...no(['input_invalid', 'forbidden', 'taken', 'throttled', 'unavailable']),
      },
    },
    {
      method: 'post',
      path: '/auth/login',
      operationId: 'onboardingLogin',
      summary: 'Log in',
      security: open,
      request: taking(
        wire.LoginBody.openapi({ example: { email: 'anna@example.org', password: 'correct horse' } }),
      ),
      responses: {
        200: json(wire.LoggedIn, 'An access token'),
        ...no(['credentials_wrong', 'input_invalid', 'throttled', 'unavailable']),
      },
    },
    {
      method: 'get',
      path: '/sip/credentials',
      operationId: 'sipCredentials',
      summary: 'What my phone is set up with',
      security: bearer,
      responses: {
        200: json(wire.Credentials, 'All that a softphone asks for'),
        ...no([...TOKEN_FLAWS, 'not_found']),
      },
    },
    {
      method: 'post',
      path: '/sip/provisioning-links',
      operationId: 'provisioningLink',
      summary: 'A link, also as a picture, that sets up a phone without typing: for one phone',
      security: bearer,
      responses: {
        201: json(wire.Link, 'The link'),
        ...no([...TOKEN_FLAWS, 'not_found']),
      },
    },
    {
      method: 'get',
      path: '/sip/provisioning.xml',
      operationId: 'provision',
      summary: 'What a Linphone fetches by such a link',
      security: open,
      request: { query: z.object({ ticket: z.string() }) },
      responses: {
        200: {
          description:
            'Its configuration; for a browser or the preview of a message a page without any of it',
          content: { 'application/xml': { schema: z.string() }, 'text/html': { schema: z.string() } },
        },
        ...no(['not_found', 'unavailable']),
      },
    },
  ]),
}
