const PREFIX = 'hookswitch-shell-'
/** The page itself, whatever path it is opened by. */
const PAGE = '/console/index.html'

/** The files of one build, for when there is no network. */
export interface ShellCache {
  /** Rejects if any file is missing, so that no half of a build is stored. */
  fill(): Promise<void>
  /** Deletes the caches of earlier builds. */
  deleteOthers(): Promise<void>
  page(request: Request): Promise<Response>
  asset(request: Request): Promise<Response>
}

export function createShellCache(build: string, assets: readonly string[]): ShellCache {
  const name = PREFIX + build
  const find = async (key: Request | string) => {
    const cache = await caches.open(name)
    // The page varies with `Accept`, which is another one in each way to ask for it.
    return cache.match(key, { ignoreVary: true })
  }
  return {
    async fill() {
      const cache = await caches.open(name)
      // The names of assets change with their contents, the page’s does not.
      await cache.addAll([...assets, new Request(PAGE, { cache: 'reload' })])
    },
    async deleteOthers() {
      const names = await caches.keys()
      await Promise.all(
        names.filter((one) => one.startsWith(PREFIX) && one !== name).map((one) => caches.delete(one)),
      )
    },
    // From the network first: with a network, the page of an earlier build is never shown.
    page: (request) =>
      fetch(request).catch(async (err: unknown) => (await find(PAGE)) ?? Promise.reject(err)),
    asset: async (request) => (await find(request)) ?? fetch(request),
  }
}
