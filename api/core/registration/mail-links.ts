/** Where the links of mails lead. Base URLs have no trailing slash. */
export interface MailLinkTargets {
  /** An administrator's own pages; undefined: the console has the pages. */
  appUrl: string | undefined
  consoleUrl: string
}

export interface MailLinks {
  signIn: string
  verification(token: string): string
  invitation(token: string): string
  passwordReset(token: string): string
}

/** The console has the token behind `#`, where no server, log or Referer gets it; pages of others read a query. */
export function createMailLinks({ appUrl, consoleUrl }: MailLinkTargets): MailLinks {
  const consolePage = (name: string) => (token: string) => `${consoleUrl}/${name}#token=${token}`
  const passwordReset = consolePage('reset')
  if (appUrl === undefined) {
    return {
      signIn: consoleUrl,
      verification: consolePage('verify'),
      invitation: consolePage('invitation'),
      passwordReset,
    }
  }
  return {
    signIn: appUrl,
    verification: (token) => `${appUrl}/verify-email?token=${token}`,
    invitation: (token) => `${appUrl}/register?invitation=${token}`,
    passwordReset,
  }
}
