/** Whether nginx would serve the path under exactly this name: no dot or empty segments, no control characters. */
export function isSafePath(path: string): boolean {
  if (path.length === 0 || path.length > 512 || !path.isWellFormed() || /[\p{Cc}\\]/u.test(path)) return false
  return path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..')
}
