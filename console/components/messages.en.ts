export const messages = {
  cancel: 'Cancel',
  close: 'Close',
  retry: 'Try again',
  loading: 'Loading …',
  loadFailed: 'This could not be loaded.',
  noPermission: 'You may not see this.',
  errors: {
    noAnswer: 'The server does not answer. Check your network; it is tried again.',
    unavailable: 'The server cannot do this now. Try again in a moment.',
    throttled: (seconds: number) => `Too many requests. Try again in ${seconds} s.`,
    forbidden: 'You may not do this.',
    notFound: 'It does not exist any more.',
    conflict: 'It has changed meanwhile, or is in use.',
    notSupported: 'This system cannot do that.',
    unconfirmed: 'The telephone system has not confirmed it. Look before you try again.',
    unexpected: 'Something went wrong.',
  },
}
