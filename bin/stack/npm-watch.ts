/** How often the parent is looked for, in ms. */
const CHECK_MS = 500

/**
 * Calls `onGone` once npm, or the shell that npm has started, is gone: when it is killed, npm cannot ask us to end. Started
 * otherwise, a process may well outlive its parent.
 */
export function watchNpmParent(env: Readonly<Record<string, string | undefined>>, onGone: () => void): void {
  if (env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    onGone()
  }, CHECK_MS).unref()
}
