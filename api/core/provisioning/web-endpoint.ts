/**
 * A browser registers at a SIP endpoint of its own, beside the desk phone of the same extension. A template names it:
 * `{extension}-web` by default, `{extension}-WS` on MikoPBX, `99{extension}` on FreePBX.
 */

/** What `HOOKSWITCH_WEB_ENDPOINT` may be: `{extension}` and at least one more character. */
export const WEB_ENDPOINT_TEMPLATE = /^(?=.{12,})[A-Za-z0-9_-]{0,40}\{extension\}[A-Za-z0-9_-]{0,40}$/

export const DEFAULT_WEB_ENDPOINT = '{extension}-web'

const PLACEHOLDER = '{extension}'

/** @returns the name of the browser's endpoint, which is also its SIP user name: `1003-web` */
export const toWebEndpoint = (template: string, extension: string): string => toEndpoint(template, extension)

/**
 * The inverse of `toWebEndpoint`.
 * @returns undefined for a name that the template cannot have made
 */
export const extensionOfWebEndpoint = (template: string, endpoint: string): string | undefined =>
  extensionOfEndpoint(template, endpoint)

/** For the template of the desk phones as well. */
export const toEndpoint = (template: string, extension: string): string =>
  // A function, as `$` has a meaning in a replacement text.
  template.replace(PLACEHOLDER, () => extension)

/** The inverse of `toEndpoint`. */
export function extensionOfEndpoint(template: string, endpoint: string): string | undefined {
  const [prefix = '', suffix = ''] = template.split(PLACEHOLDER)
  const isLongEnough = endpoint.length > prefix.length + suffix.length
  if (!isLongEnough || !endpoint.startsWith(prefix) || !endpoint.endsWith(suffix)) return undefined
  return endpoint.slice(prefix.length, endpoint.length - suffix.length)
}
