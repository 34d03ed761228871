import type { Context, Hono } from 'hono'
import type { Login, LoginCredentials } from '../../core/auth/login.ts'
import type { UserStore } from '../../core/auth/users.ts'
import { Refusal } from '../../core/refusal.ts'
import type { EmailInvitations } from '../../core/registration/email-invitations.ts'
import type { EmailRegistration } from '../../core/registration/email-registration.ts'
import { clientAddress, readJson } from '../errors.ts'
import { typedAs } from '../openapi.ts'
import * as auth from './auth-wire.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { extraClaims } from './wire.ts'

export interface AuthRoutesNeeds {
  authorize: Authorize
  login: Login
  users: Pick<UserStore, 'findByLogin'>
  emailRegistration: EmailRegistration
  emailInvitations: EmailInvitations
  /** Seconds: this surface has no way to renew a token. */
  accessTtl: number
}

export function addAuthRoutes(app: Hono<CrmEnv>, needs: AuthRoutesNeeds): void {
  const { authorize, emailRegistration, emailInvitations } = needs

  app.post('/api/auth/login', async (c) => {
    return c.json(typedAs(auth.LoginJson, await logIn(c, await readJson(c, auth.LoginBody), needs)))
  })

  app.post('/api/auth/register', async (c) => {
    const { username, email, password, ...person } = await readJson(c, auth.RegisterBody)
    const name = auth.agentName({ username, ...person })
    await emailRegistration.register({ username, email, password, name, address: clientAddress(c) })
    return c.json(typedAs(auth.MessageJson, MAIL_SENT), 202)
  })
  app.post('/api/auth/verify-email', async (c) => {
    const { token, ...chosen } = await readJson(c, auth.VerifyBody)
    const user = await emailRegistration.verify(token, chosen, clientAddress(c))
    const opened = await needs.login.loginVerified(user, openSessionRequest(c, needs))
    return c.json(
      typedAs(auth.VerifiedJson, {
        message: 'Email verified',
        ...auth.toLoginJson(opened.accessToken, user),
      }),
    )
  })
  app.post('/api/auth/resend-verification', async (c) => {
    await emailRegistration.resend((await readJson(c, auth.ResendBody)).email, clientAddress(c))
    return c.json(typedAs(auth.MessageJson, MAIL_SENT), 202)
  })

  app.post('/api/auth/invite', authorize('crmInvite'), async (c) => {
    const invitation = await emailInvitations.invite(
      c.var.callCenterActor,
      await readJson(c, auth.InviteBody),
    )
    return c.json(typedAs(auth.InvitedJson, auth.toInvitedJson(invitation)), 201)
  })
  app.post('/api/auth/invitation-details', async (c) => {
    const invitation = await emailInvitations.find((await readJson(c, auth.TokenBody)).token)
    return c.json(typedAs(auth.InvitationJson, auth.toInvitationJson(invitation)))
  })
  app.post('/api/auth/register-invitation', async (c) => {
    const { token, username, password, email, ...person } = await readJson(c, auth.AcceptBody)
    const name = auth.agentName({ username, ...person })
    await emailInvitations.accept({ token, username, password, email, name, address: clientAddress(c) })
    return c.json(typedAs(auth.LoginJson, await logIn(c, { username, password }, needs)), 201)
  })
}

/** The same whether or not anything is sent, or to whom. */
const MAIL_SENT = { message: 'Check your mail: if this address can be used here, a message is on its way' }

const openSessionRequest = (c: Context, { accessTtl }: AuthRoutesNeeds) => ({
  surface: 'crm',
  address: clientAddress(c),
  userAgent: c.req.header('user-agent') ?? '',
  extraClaims,
  refreshWith: 'nothing' as const,
  accessTtl,
})

async function logIn(c: Context, credentials: LoginCredentials, needs: AuthRoutesNeeds) {
  const { login, users } = needs
  const opened = await login.login(credentials, openSessionRequest(c, needs))
  const user = await users.findByLogin(opened.username)
  if (user === undefined) throw new Refusal('credentials_wrong')
  return auth.toLoginJson(opened.accessToken, user)
}
