import { json, type Operation, taking } from '../openapi.ts'
import * as auth from './auth-wire.ts'
import { refuses, refusesAnybody } from './errors.ts'

const token = 'ver_0f8Zc1kGm3bYJ8d2pQ7xW5tR4nE6uLsa'
const person = { username: 'anna.berg', password: 'correct horse', firstName: 'Anna', lastName: 'Berg' }

export const authOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/auth/login',
    operationId: 'crmLogin',
    summary: 'Log in',
    description: 'What is missing or empty is wrong.',
    request: taking(auth.LoginBody.openapi({ example: { username: 'user1', password: 'password' } })),
    responses: {
      200: json(auth.LoggedIn, 'A token, and whose it is'),
      ...refusesAnybody('input_invalid', 'credentials_wrong', 'throttled', 'unavailable'),
    },
  },
  {
    method: 'post',
    path: '/api/auth/register',
    operationId: 'crmRegister',
    summary: 'Ask for an account, where registration is open',
    description:
      'Nobody can log in before the address is proved. The answer is the same for a name or an address that is known; whoever has an account gets a mail that says so. Where the address waits already with another username or password, the first username stays, no password is stored any more, and `verify-email` needs a `password`. The same registration again only sends the mail anew.',
    request: taking(auth.RegisterBody.openapi({ example: { ...person, email: 'anna@example.org' } })),
    responses: {
      202: json(auth.Said, 'A mail is on its way'),
      ...refusesAnybody('input_invalid', 'forbidden', 'throttled', 'not_supported', 'unavailable'),
    },
  },
  {
    method: 'post',
    path: '/api/auth/verify-email',
    operationId: 'crmVerifyEmail',
    summary: 'Prove an address by the token that was mailed to it: makes the account, and logs in',
    description:
      'A username that somebody else got meanwhile is 409; send another one along with the same token. Where the address was registered more than once, with different usernames or passwords, a request without `password` is 400 (`password: is needed, as this address was registered more than once`), and the token stays good.',
    request: taking(auth.VerifyBody.openapi({ example: { token } })),
    responses: {
      200: json(auth.Verified, 'There is an account now, and a token of it'),
      ...refusesAnybody('input_invalid', 'forbidden', 'taken', 'unavailable'),
    },
  },
  {
    method: 'post',
    path: '/api/auth/resend-verification',
    operationId: 'crmResendVerification',
    summary: 'Another mail; the link of the one before is good no more',
    request: taking(auth.ResendBody.openapi({ example: { email: 'anna@example.org' } })),
    responses: {
      202: json(auth.Said, 'Always the same'),
      ...refusesAnybody('input_invalid', 'forbidden', 'throttled', 'not_supported', 'unavailable'),
    },
  },
  {
    method: 'post',
    path: '/api/auth/invite',
    operationId: 'crmInvite',
    summary: 'Invite somebody by mail',
    description: 'Supervisors invite agents of their own team.',
    request: taking(
      auth.InviteBody.openapi({
        example: { email: 'carl@example.org', role: 'AGENT', team: 'sales', days: 7 },
      }),
    ),
    responses: {
      201: json(auth.Invited, 'A mail is on its way; nobody else sees its link'),
      ...refuses('input_invalid', 'taken', 'not_supported'),
    },
  },
  {
    method: 'post',
    path: '/api/auth/invitation-details',
    operationId: 'crmInvitationDetails',
    summary: 'What an invitation is for',
    request: taking(auth.TokenBody.openapi({ example: { token: token.replace('ver', 'inv') } })),
    responses: {
      200: json(auth.InvitationDetails, 'The invitation'),
      ...refusesAnybody('input_invalid', 'not_found', 'unavailable'),
    },
  },
  {
    method: 'post',
    path: '/api/auth/register-invitation',
    operationId: 'crmRegisterInvitation',
    summary: 'Make the account one was invited to, and log in',
    request: taking(auth.AcceptBody.openapi({ example: { ...person, token: token.replace('ver', 'inv') } })),
    responses: {
      201: json(auth.LoggedIn, 'A token, and whose it is'),
      ...refusesAnybody('input_invalid', 'forbidden', 'not_found', 'taken', 'throttled', 'unavailable'),
    },
  },
]
