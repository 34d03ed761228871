import { OpenAPIHono } from '@hono/zod-openapi'
import type { Logger } from '../../../runtime/log.ts'
import { validationMessage } from '../../../runtime/validation-message.ts'
import { Refusal } from '../../core/refusal.ts'
import { sendError } from '../errors.ts'
import type { Guarded } from '../guard.ts'
import { type OpenApiSection, sectionOf } from '../openapi.ts'
import { type AdminRoutesNeeds, addAdminRoutes, adminTags } from './admin-routes.ts'
import { addCallCenterRoutes, type CallCenterRoutesNeeds, callCenterTags } from './call-center-routes.ts'
import { addLiveCallRoutes, type LiveCallRoutesNeeds } from './call-routes.ts'
import { addDeviceRoutes, type DeviceRoutesNeeds } from './device-routes.ts'
import { v1ErrorFormat } from './errors.ts'
import { addHistoryRoutes, type HistoryRoutesNeeds } from './history-routes.ts'
import { addMeRoutes, type MeRoutesNeeds } from './me-routes.ts'
import { addMissedRoutes, type MissedRoutesNeeds } from './missed-routes.ts'
import { addOwnFactorRoutes, type OwnFactorRoutesNeeds } from './own-factor-routes.ts'
import { addPasswordChangeRoutes, type PasswordChangeRoutesNeeds } from './password-change-routes.ts'
import { addPeopleRoutes, type PeopleRoutesNeeds } from './people-routes.ts'
import { phoneSocketRoute } from './phone/phone-socket-route.ts'
import { addPhoneRoutes, type PhoneRoutesNeeds } from './phone-routes.ts'
import { addPresenceRoutes, type PresenceRoutesNeeds } from './presence-routes.ts'
import { addProviderRoutes, type ProviderRoutesNeeds } from './provider-routes.ts'
import { addSessionRoutes, type SessionRoutesNeeds } from './session-routes.ts'
import { addSignInFactorRoutes, type SignInFactorRoutesNeeds } from './sign-in-factor-routes.ts'
import { addSignInRoutes, type SignInRoutesNeeds } from './sign-in-routes.ts'
import { addSupervisionRoutes, type SupervisionRoutesNeeds } from './supervision-routes.ts'
import * as wire from './wire.ts'

export interface V1RoutesNeeds extends SessionRoutesNeeds {
  history: HistoryRoutesNeeds
  calls: LiveCallRoutesNeeds & PresenceRoutesNeeds & SupervisionRoutesNeeds
  administration: Omit<AdminRoutesNeeds, 'guard'>
  phone: PhoneRoutesNeeds
  personal: MeRoutesNeeds & PeopleRoutesNeeds & MissedRoutesNeeds
  signIn: Omit<SignInRoutesNeeds, 'listProviders'>
  otherSignIns: Omit<ProviderRoutesNeeds, 'log'> & Omit<DeviceRoutesNeeds, 'guard'>
  passwordChange: PasswordChangeRoutesNeeds
  factors: { signIn: SignInFactorRoutesNeeds; own: OwnFactorRoutesNeeds }
  callCenter: CallCenterRoutesNeeds
  log: Logger
}

/** The surface with what the documents of the others lack. Errors are problem+json (RFC 9457). */
export function createV1Routes({
  guard,
  sessions,
  history,
  calls,
  administration,
  phone,
  personal,
  signIn,
  passwordChange,
  otherSignIns,
  factors,
  callCenter,
  log,
}: V1RoutesNeeds): OpenAPIHono<Guarded> {
  const app = new OpenAPIHono<Guarded>({
    defaultHook: (result) => {
      if (!result.success) throw new Refusal('input_invalid', { detail: validationMessage(result.error) })
    },
  })
  app.onError((err, c) => sendError(c, err, v1ErrorFormat, log))
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  })
  app.openAPIRegistry.registerComponent('securitySchemes', 'serviceToken', { type: 'http', scheme: 'bearer' })
  app.openAPIRegistry.registerComponent('securitySchemes', 'wallboardToken', {
    type: 'http',
    scheme: 'bearer',
  })
  for (const [scheme, name] of [
    ['queryAuthorization', 'authorization'],
    ['queryTicket', 'ticket'],
  ] as const)
    app.openAPIRegistry.registerComponent('securitySchemes', scheme, { type: 'apiKey', in: 'query', name })
  addSessionRoutes(app, { guard, sessions })
  addSignInRoutes(app, { ...signIn, listProviders: () => otherSignIns.providerSignIn.providers })
  addProviderRoutes(app, { ...otherSignIns, log })
  addDeviceRoutes(app, { guard, ...otherSignIns })
  addPasswordChangeRoutes(app, passwordChange)
  addSignInFactorRoutes(app, factors.signIn)
  addOwnFactorRoutes(app, factors.own)
  addMeRoutes(app, personal)
  addPeopleRoutes(app, personal)
  addHistoryRoutes(app, history)
  addMissedRoutes(app, personal)
  addPresenceRoutes(app, calls)
  addLiveCallRoutes(app, calls)
  addSupervisionRoutes(app, { guard, supervision: calls.supervision })
  app.openAPIRegistry.registerPath(phoneSocketRoute)
  addAdminRoutes(app, { guard, ...administration })
  addPhoneRoutes(app, phone)
  addCallCenterRoutes(app, guard, callCenter)

  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Hookswitch',
      version: '1',
      description:
        'Sessions a person can see and end, calls and their history, people and the own account, administration.',
    },
    servers: [{ url: wire.PREFIX }],
  })
  return app
}

/** The routes of this surface in the document. */
export const v1Section = (app: OpenAPIHono<Guarded>): OpenApiSection =>
  sectionOf(app, {
    name: 'Hookswitch’s own',
    tags: [
      { name: 'calls', description: 'Live calls and the commands on them.' },
      { name: 'history', description: 'Past calls and their recordings.' },
      { name: 'phone socket', description: 'The SIP phone of a browser.' },
      { name: 'phone', description: 'What a browser needs to be a phone.' },
      { name: 'me', description: 'The own account.' },
      { name: 'people', description: 'The directory and favourites.' },
      ...callCenterTags,
      { name: 'presence', description: 'The status of a user.' },
      {
        name: 'sign-in',
        description:
          'Password, second factor and passkey of a person, and ways to sign in beside a password. Some are for browsers, and for servers of providers.',
      },
      { name: 'sign-in security', description: 'The own second factors and app passwords.' },
      { name: 'sessions', description: 'Logins that live, to be seen and ended.' },
      ...adminTags,
    ],
    prefix: wire.PREFIX,
  })
