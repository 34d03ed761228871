import { z } from '@hono/zod-openapi'
import {
  bearer,
  createErrorResponses,
  GUARD_ERRORS,
  json,
  jsonBody,
  noAuth,
  type OpenApiSection,
  withTag,
} from '../openapi.ts'
import { onboardingErrorFormat } from './errors.ts'
import * as wire from './wire.ts'

const errorResponses = createErrorResponses(onboardingErrorFormat, wire.ErrorJson)

/** The surface of VoIP onboarding: from an account to a phone that rings. */
export const onboardingOpenApi: OpenApiSection = {
  name: 'VoIP onboarding',
  tags: [{ name: 'onboarding', description: 'Make an account, and set up a phone for its extension.' }],
  operations: withTag('onboarding', '', [
    {
      method: 'post',
      path: '/auth/register',
      operationId: 'onboardingRegister',
      summary: 'Make an account, and an extension for it',
      description:
        'An address that a live invitation names is taken (409) without that `invitation`, also where registration is open. No number is given out whose folder of recordings holds files.',
      security: noAuth,
      request: jsonBody(
        wire.RegisterBody.openapi({ example: { email: 'anna@example.org', password: 'correct horse' } }),
      ),
      responses: {
        201: json(wire.AccountJson, 'The account'),
        ...errorResponses(['input_invalid', 'forbidden', 'taken', 'throttled', 'unavailable']),
      },
    },
    {
      method: 'post',
      path: '/auth/login',
      operationId: 'onboardingLogin',
      summary: 'Log in',
      security: noAuth,
      request: jsonBody(
        wire.LoginBody.openapi({ example: { email: 'anna@example.org', password: 'correct horse' } }),
      ),
      responses: {
        200: json(wire.LoginJson, 'An access token'),
        ...errorResponses(['credentials_wrong', 'input_invalid', 'throttled', 'unavailable']),
      },
    },
    {
      method: 'get',
      path: '/sip/credentials',
      operationId: 'sipCredentials',
      summary: 'What my phone is set up with',
      security: bearer,
      responses: {
        200: json(wire.SipCredentialsJson, 'All that a softphone asks for'),
        ...errorResponses([...GUARD_ERRORS, 'not_found']),
      },
    },
    {
      method: 'post',
      path: '/sip/provisioning-links',
      operationId: 'provisioningLink',
      summary: 'A link, also as a picture, that sets up a phone without typing: for one phone',
      security: bearer,
      responses: {
        201: json(wire.ProvisioningLinkJson, 'The link'),
        ...errorResponses([...GUARD_ERRORS, 'not_found']),
      },
    },
    {
      method: 'get',
      path: '/sip/provisioning.xml',
      operationId: 'provision',
      summary: 'What a Linphone fetches by such a link',
      security: noAuth,
      request: { query: z.object({ ticket: z.string() }) },
      responses: {
        200: {
          description:
            'Its configuration; for a browser or the preview of a message a page without any of it',
          content: { 'application/xml': { schema: z.string() }, 'text/html': { schema: z.string() } },
        },
        ...errorResponses(['not_found', 'unavailable']),
      },
    },
  ]),
}
