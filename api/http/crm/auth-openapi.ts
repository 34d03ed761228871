import { json, jsonBody, type Operation } from '../openapi.ts'
import * as auth from './auth-wire.ts'
import { guardedErrors, publicErrors } from './errors.ts'

const token = 'ver_0f8Zc1kGm3bYJ8d2pQ7xW5tR4nE6uLsa'
const examplePerson = {
  username: 'anna.berg',
  password: 'correct horse',
  firstName: 'Anna',
  lastName: 'Berg',
}

export const authOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/auth/login',
    operationId: 'crmLogin',
    summary: 'Log in',
    description: 'What is missing or empty is wrong.',
    request: jsonBody(auth.LoginBody.openapi({ example: { username: 'user1', password: 'password' } })),
    responses: {
      200: json(auth.LoginJson, 'A token, and whose it is'),
      ...publicErrors('input_invalid', 'credentials_wrong', 'throttled', 'unavailable'),
    },
  },
  {
    method: 'post',
    path: '/api/auth/register',
    operationId: 'crmRegister',
    summary: 'Ask for an account, where registration is open',
    description:
      'Nobody can log in before the address is proved. The answer is the same for a name or an address that is known; whoever has an account gets a mail that says so. Where the address waits already with another username or password, the first username stays, no password is stored any more, and `verify-email` needs a `password`. The same registration again only sends the mail anew.',
    request: jsonBody(
      auth.RegisterBody.openapi({ example: { ...examplePerson, email: 'anna@example.org' } }),
    ),
    responses: {
      202: json(auth.MessageJson, 'A mail is on its way'),
      ...publicErrors('input_invalid', 'forbidden', 'throttled', 'not_supported', 'unavailable'),
    },
  },
  {
    method: 'post',
    path: '/api/auth/verify-email',
    operationId: 'crmVerifyEmail',
    summary: 'Prove an address by the token that was mailed to it: makes the account, and logs in',
    description:
      'A username that somebody else got meanwhile is 409; send another one along with the same token. Where the address was registered more than once, with different usernames or passwords, a request without `password` is 400 (`password: is needed, as this address was registered more than once`), and the token stays good.',
    request: jsonBody(auth.VerifyBody.openapi({ example: { token } })),
    responses: {
      200: json(auth.VerifiedJson, 'There is an account now, and a token of it'),
      ...publicErrors('input_invalid', 'forbidden', 'taken', 'unavailable'),
    },
  },
  {
    method: 'post',
    path: '/api/auth/resend-verification',
    operationId: 'crmResendVerification',
    summary: 'Another mail; the link of the one before is good no more',
    request: jsonBody(auth.ResendBody.openapi({ example: { email: 'anna@example.org' } })),
    responses: {
      202: json(auth.MessageJson, 'Always the same'),
      ...publicErrors('input_invalid', 'forbidden', 'throttled', 'not_supported', 'unavailable'),
    },
  },
  {
    method: 'post',
    path: '/api/auth/invite',
    operationId: 'crmInvite',
    summary: 'Invite somebody by mail',
    description: 'Supervisors invite agents of their own team.',
    request: jsonBody(
      auth.InviteBody.openapi({
        example: { email: 'carl@example.org', role: 'AGENT', team: 'sales', days: 7 },
      }),
    ),
    responses: {
      201: json(auth.InvitedJson, 'A mail is on its way; nobody else sees its link'),
      ...guardedErrors('input_invalid', 'taken', 'not_supported'),
    },
  },
  {
    method: 'post',
    path: '/api/auth/invitation-details',
    operationId: 'crmInvitationDetails',
    summary: 'What an invitation is for',
    request: jsonBody(auth.TokenBody.openapi({ example: { token: token.replace('ver', 'inv') } })),
    responses: {
      200: json(auth.InvitationJson, 'The invitation'),
      ...publicErrors('input_invalid', 'not_found', 'unavailable'),
    },
  },
  {
    method: 'post',
    path: '/api/auth/register-invitation',
    operationId: 'crmRegisterInvitation',
    summary: 'Make the account one was invited to, and log in',
    request: jsonBody(
      auth.AcceptBody.openapi({ example: { ...examplePerson, token: token.replace('ver', 'inv') } }),
    ),
    responses: {
      201: json(auth.LoginJson, 'A token, and whose it is'),
      ...publicErrors('input_invalid', 'forbidden', 'not_found', 'taken', 'throttled', 'unavailable'),
    },
  },
]
