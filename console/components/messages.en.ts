export const messages = {
  cancel: 'Cancel',
  close: 'Close',
  retry: 'Try again',
  loading: 'Loading …',
  loadFailed: 'This could not be loaded.',
  noPermission: 'You may not see this.',
  showPassword: 'Show password',
  capsLock: 'Caps Lock is on.',
  /** What a session’s program and computer are called. */
  device: (program: string | undefined, system: string | undefined) =>
    program === undefined
      ? (system ?? 'Unknown program')
      : system === undefined
        ? program
        : `${program} on ${system}`,
  secretOnce: 'It is shown only once. Hand it over in a safe way.',
  copy: 'Copy',
  copied: 'Copied.',
  copyFailed: 'The browser does not let the page copy. Select the text and copy it yourself.',
  done: 'Done',
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
    /** By the `code` of the API. */
    codes: {
      token_missing: 'Your session has ended. Sign in again.',
      token_invalid: 'Your session has ended. Sign in again.',
      token_expired: 'Your session has ended. Sign in again.',
      token_revoked: 'Your session has ended. Sign in again.',
      credentials_wrong: 'The name or the password is wrong.',
      input_invalid: 'The server does not accept this input.',
      input_too_large: 'This is too large for the server.',
      taken: 'This is in use already.',
      dial_denied: 'This number may not be called: the dial policy or the do-not-call list forbids it.',
      unknown_number: 'The telephone system knows no such number.',
    },
  },
}
