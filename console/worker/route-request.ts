/** What is used of a request. */
export interface SeenRequest {
  method: string
  /** `navigate` for a page. */
  mode: string
  url: string
}

/**
 * How the worker answers a request. `page`: from the network, and without one from the cache; `asset`: from the cache, and
 * else from the network; `network`: not at all, so that the browser sends it as if there were no worker.
 */
export type RequestRoute = 'page' | 'asset' | 'network'

/** Folders of the bundle, which hold the same files for all users. */
const ASSETS = /^\/console\/(?:assets\/|icons\/|icon\.svg$)/

/**
 * Only the shell is ever answered from the cache. A request to the API, to a stream or for a recording is the network's:
 * what it returns depends on the user, and must be gone with the session.
 * @param origin of the worker
 */
export function routeRequest({ method, mode, url }: SeenRequest, origin: string): RequestRoute {
  if (method !== 'GET') return 'network'
  const { origin: asked, pathname } = new URL(url)
  if (asked !== origin) return 'network'
  if (ASSETS.test(pathname)) return mode === 'navigate' ? 'network' : 'asset'
  return mode === 'navigate' && pathname.startsWith('/console/') ? 'page' : 'network'
}
