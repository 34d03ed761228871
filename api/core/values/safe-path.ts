/** Only what nginx would serve under the very same name: no dot segments, no empty ones, no controls. */
export function isSafePath(path: string): boolean {
  if (path.length === 0 || path.length > 512 || !path.isWellFormed() || /[\p{Cc}\\]/u.test(path)) return false
  return path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..')
}
