/**
 * Which web pages may call the API: those of the requested host, and of the origins in the settings. Clients other than
 * browsers send no `Origin`.
 */
export interface OriginPolicy {
  /** Whether the settings contain it. */
  isAllowed(origin: string | undefined): boolean
  /**
   * Whether the settings contain it, or it is of the requested host.
   * @param protocol of the request, if known: over `https` a page of `http` may have been forged on its way
   */
  isAllowedOrSameHost(origin: string, host: string | undefined, protocol?: string): boolean
}

/** @param named the origins in the settings */
export function createOriginPolicy(named: readonly string[]): OriginPolicy {
  const known = new Set(named.map(normalizeOrigin))
  const isAllowed = (origin: string | undefined) => {
    const normal = origin === undefined ? undefined : normalizeOrigin(origin)
    return normal !== undefined && known.has(normal)
  }
  return {
    isAllowed,
    isAllowedOrSameHost(origin, host, protocol) {
      if (isAllowed(origin)) return true
      const normal = normalizeOrigin(origin)
      if (normal === undefined || host === undefined) return false
      if (protocol === 'https' && normal.startsWith('http:')) return false
      // A proxy may use another scheme than the browser: the browser's counts.
      return normal === normalizeOrigin(`${normal.slice(0, normal.indexOf(':'))}://${host}`)
    },
  }
}

/**
 * The normal form of an origin: scheme and host in lower case, without the scheme's default port. A trailing dot of the
 * host stays: browsers treat it as another origin.
 *
 * @param text an origin; it may end with one `/`, as people write it in settings
 * @returns undefined for anything else, such as `null`, which a page without an origin sends
 * @see RFC 6454 §4, §6.2
 */
export function normalizeOrigin(text: string): string | undefined {
  const [, scheme, authority] = /^([a-z][a-z0-9+.-]*):\/\/([^\s\p{Cc}/?#@\\|,]+)\/?$/iu.exec(text) ?? []
  if (scheme === undefined || authority === undefined) return undefined
  // The scheme of an app, as in `capacitor://localhost`, has no default port.
  if (!/^https?$/i.test(scheme)) return `${scheme}://${authority}`.toLowerCase()
  const url = `${scheme}://${authority}`
  return URL.canParse(url) ? new URL(url).origin : undefined
}
