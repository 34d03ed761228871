interface PublicUrlEnv {
  HOOKSWITCH_PUBLIC_URL?: string | undefined
  HOOKSWITCH_CONSOLE_URL?: string | undefined
}

/**
 * The address at which browsers reach this server: HOOKSWITCH_PUBLIC_URL, or else the address that `npm start` listens on.
 * Providers send browsers back to it, passkeys belong to its host, and links to the console begin with it. A client's
 * `Host` never decides it. Links for phones may fall back to that of a trusted request: see `publicUrlFor`.
 * @returns without a slash at the end; undefined where no setting has it, as with an app of one's own elsewhere
 */
export const publicUrlOf = (env: PublicUrlEnv): string | undefined =>
  (env.HOOKSWITCH_PUBLIC_URL ?? env.HOOKSWITCH_CONSOLE_URL?.replace(/\/console\/?$/, ''))?.replace(/\/+$/, '')
