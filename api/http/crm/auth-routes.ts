import type { Context, Hono } from 'hono'
import type { Credentials, Login } from '../../core/auth/login.ts'
import type { UserStore } from '../../core/auth/users.ts'
import { Refusal } from '../../core/refusal.ts'
import type { Inviting } from '../../core/registration/email-invitations.ts'
import type { Registering } from '../../core/registration/email-registration.ts'
import { addressOf, readJson } from '../errors.ts'
import { as } from '../openapi.ts'
import * as auth from './auth-wire.ts'
import type { Door, Known } from './authorize.ts'
import { clothing } from './wire.ts'

export interface AuthRoutesNeeds {
  door: Door
  login: Login
  users: Pick<UserStore, 'findByLogin'>
  registering: Registering
  inviting: Inviting
  /** Seconds: this surface has no way to renew a token. */
  accessTtl: number
}

export function addAuthRoutes(app: Hono<Known>, needs: AuthRoutesNeeds): void {
  const { door, registering, inviting } = needs

  app.post('/api/auth/login', async (c) => {
    return c.json(as(auth.LoggedIn, await logIn(c, await readJson(c, auth.LoginBody), needs)))
  })

  app.post('/api/auth/register', async (c) => {
    const { username, email, password, ...person } = await readJson(c, auth.RegisterBody)
    const name = auth.nameOf({ username, ...person })
    await registering.register({ username, email, password, name, address: addressOf(c) })
    return c.json(as(auth.Said, MAIL_SENT), 202)
  })
  app.post('/api/auth/verify-email', async (c) => {
    const { token, ...chosen } = await readJson(c, auth.VerifyBody)
    const user = await registering.verify(token, chosen, addressOf(c))
    const opened = await needs.login.admit(user, openRequest(c, needs))
    return c.json(
      as(auth.Verified, { message: 'Email verified', ...auth.loggedIn(opened.accessToken, user) }),
    )
  })
  app.post('/api/auth/resend-verification', async (c) => {
    await registering.resend((await readJson(c, auth.ResendBody)).email, addressOf(c))
    return c.json(as(auth.Said, MAIL_SENT), 202)
  })

  app.post('/api/auth/invite', door('crmInvite'), async (c) => {
    const made = await inviting.invite(c.var.standing, await readJson(c, auth.InviteBody))
    return c.json(as(auth.Invited, auth.invited(made)), 201)
  })
  app.post('/api/auth/invitation-details', async (c) => {
    const shown = await inviting.show((await readJson(c, auth.TokenBody)).token)
    return c.json(as(auth.InvitationDetails, auth.invitationDetails(shown)))
  })
  app.post('/api/auth/register-invitation', async (c) => {
    const { token, username, password, email, ...person } = await readJson(c, auth.AcceptBody)
    const name = auth.nameOf({ username, ...person })
    await inviting.accept({ token, username, password, email, name, address: addressOf(c) })
    return c.json(as(auth.LoggedIn, await logIn(c, { username, password }, needs)), 201)
  })
}

/** The same whether or not anything is sent, or to whom. */
const MAIL_SENT = { message: 'Check your mail: if this address can be used here, a message is on its way' }

const openRequest = (c: Context, { accessTtl }: AuthRoutesNeeds) => ({
  surface: 'crm',
  address: addressOf(c),
  userAgent: c.req.header('user-agent') ?? '',
  clothing,
  refreshBy: 'nothing' as const,
  accessTtl,
})

async function logIn(c: Context, credentials: Credentials, needs: AuthRoutesNeeds) {
  const { login, users } = needs
  const opened = await login.login(credentials, openRequest(c, needs))
  const user = await users.findByLogin(opened.username)
  if (user === undefined) throw new Refusal('credentials_wrong')
  return auth.loggedIn(opened.accessToken, user)
}
