/** As the server makes them: what it is for, and 192 random bits. */
const TOKEN = /[#&]token=(wbd_[\w-]{32})(?:&|$)/
const STORED = 'hookswitch.wallboard'

/**
 * The token of the page’s link. It is removed from the address, which all people in the room can read; the tab stores it
 * for a reload.
 */
export function takeWallboardToken(): string | undefined {
  const token = TOKEN.exec(location.hash)?.[1]
  if (token !== undefined) sessionStorage.setItem(STORED, token)
  if (location.hash !== '') history.replaceState(null, '', location.pathname)
  return token ?? sessionStorage.getItem(STORED) ?? undefined
}
