/**
 * Follows the redirects of a provider, as a browser with a cookie jar of its own does.
 * @returns the first address that begins with `until`
 */
export async function browseTo(
  url: string,
  until: string,
  cookies = new Map<string, string>(),
): Promise<URL> {
  for (let hops = 0; hops < 12; hops += 1) {
    if (url.startsWith(until)) return new URL(url)
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location === null) throw new Error(`no redirect: ${response.status} ${await response.text()}`)
    url = new URL(location, url).href
  }
  throw new Error(`too many redirects to ${until}`)
}
