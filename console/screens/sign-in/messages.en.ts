import { plural } from '../../i18n/plural.ts'

export const messages = {
  title: 'Sign in',
  login: 'Username, extension or email address',
  password: 'Password',
  remember: 'Stay signed in on this computer',
  submit: 'Sign in',
  language: 'Language',
  reasons: {
    none: '',
    signed_out: 'You have signed out.',
    ended: 'Your session is over: it was ended elsewhere, or has expired. Sign in again.',
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
