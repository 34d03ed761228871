import { plural } from '../../i18n/plural.ts'

export const messages = {
  title: 'Sign in',
  login: 'Username, extension or email address',
  password: 'Password',
  remember: 'Stay signed in on this computer',
  submit: 'Sign in',
  language: 'Language',
  newPassword: 'Choose a new password',
  forgot: 'Forgot your password?',
  register: 'Create an account',
  invitation: 'I have an invitation',
  signInWith: (name: string) => `Sign in with ${name}`,
  reasons: {
    none: '',
    signed_out: 'You have signed out.',
    ended: 'Your session is over. Sign in again.',
    ended_by_user: 'Your session is over: you ended it on another device or in another browser.',
    ended_by_admin: 'Your session is over: an administrator ended it.',
    password: 'Your session is over: the password of your account was changed. Sign in with the new one.',
    changed: 'Your session is over: your role or your extension was changed. Sign in again to use it.',
    disabled: 'Your session is over: your account is disabled. Ask your administrator.',
    expired: 'Your session is over: it has expired. Sign in again.',
    ended_by_provider:
      'Your session is over: you signed out at the sign-in service, or an administrator ended it there.',
    token_reuse:
      'Your session is over: a copy of it was used elsewhere. If that was not you, change your password.',
  },
  errors: {
    wrong: 'The name or the password is wrong.',
    invalid: 'Enter your name and your password.',
    unavailable:
      'The server cannot check this now. Nothing is wrong with your password; try again in a moment.',
    throttled: (seconds: number) =>
      `Too many wrong passwords. Try again in ${plural('en', seconds, { one: '# second', other: '# seconds' })}.`,
  },
}
