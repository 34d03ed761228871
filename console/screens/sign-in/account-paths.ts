/** Pages for people who are not signed in, beside the sign-in page itself. */
export type AccountPage = 'invitation' | 'register' | 'verify' | 'forgot' | 'reset' | 'signed-in'

export const pathOf = (page: AccountPage): string => `/console/${page}`
