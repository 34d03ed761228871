export const messages = {
  title: 'Signing in',
  pending: 'One moment: you are being signed in.',
  failed: 'You are not signed in',
  errors: {
    denied: 'The sign-in was cancelled at the sign-in service.',
    expired: 'This sign-in is used up, took too long, or began in another browser. Start again.',
    refused:
      'The answer of the sign-in service is not valid. Start again. If it happens again, ask your administrator.',
    not_allowed: 'Your account at the sign-in service may not be used here. Ask your administrator.',
    taken:
      'Another account here has your name, address or extension. If it is yours, ask your administrator to link it.',
    disabled: 'Your account here is disabled. Ask your administrator.',
    unavailable:
      'The server cannot check this now. Nothing is wrong with your account; start again in a moment.',
  },
}
