/**
 * Which web pages are ours: those of the host that was asked, and those whose origins the settings name. Clients that
 * are no browsers send no origin.
 */
export interface OriginPolicy {
  /** Whether the settings name it. */
  isAllowed(origin: string | undefined): boolean
  /** Whether it is named, or of the host that the request went to. */
  isAllowedOrSameHost(origin: string, host: string | undefined): boolean
}

/** @param named as the settings have them */
export function createOriginPolicy(named: readonly string[]): OriginPolicy {
  const known = new Set(named.map(normalizeOrigin))
  const isAllowed = (origin: string | undefined) => {
    const normal = origin === undefined ? undefined : normalizeOrigin(origin)
    return normal !== undefined && known.has(normal)
  }
  return {
    isAllowed,
    isAllowedOrSameHost(origin, host) {
      if (isAllowed(origin)) return true
      const normal = normalizeOrigin(origin)
      if (normal === undefined || host === undefined) return false
      // A proxy may speak another scheme to us than to the browser: the browser's counts.
      return normal === normalizeOrigin(`${normal.slice(0, normal.indexOf(':'))}://${host}`)
    },
  }
}

/**
 * The one spelling of an origin: scheme and host in lower case, without the scheme's own port. A dot at the end of the
 * host stays: to a browser, that is another origin.
 *
 * @param text an origin; one `/` may end it, as people write it in settings
 * @returns undefined for anything else, such as `null`, which a page without an origin sends
 * @see RFC 6454 §4, §6.2
 */
export function normalizeOrigin(text: string): string | undefined {
  const [, scheme, authority] = /^([a-z][a-z0-9+.-]*):\/\/([^\s\p{Cc}/?#@\\|,]+)\/?$/iu.exec(text) ?? []
  if (scheme === undefined || authority === undefined) return undefined
  // A scheme of an app's own, as `capacitor://localhost`, has no ports that go without saying.
  if (!/^https?$/i.test(scheme)) return `${scheme}://${authority}`.toLowerCase()
  const url = `${scheme}://${authority}`
  return URL.canParse(url) ? new URL(url).origin : undefined
}
