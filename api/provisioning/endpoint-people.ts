import type { SourcePerson } from '../core/account-imports/account-source.ts'
import { extensionOfEndpoint } from '../core/provisioning/web-endpoint.ts'
import { PHONE_EXTENSION } from '../core/values/extension.ts'

/** How endpoints are named: see `HOOKSWITCH_ENDPOINT` and `HOOKSWITCH_WEB_ENDPOINT`. */
export interface EndpointTemplates {
  phone: string
  web: string
}

/** @returns the extension of the desk phone; undefined for browsers, trunks and other names */
export function extensionOfPhone(endpoint: string, { phone, web }: EndpointTemplates): string | undefined {
  const extension = extensionOfEndpoint(phone, endpoint)
  if (extension === undefined || !PHONE_EXTENSION.test(extension)) return undefined
  // Of `99{extension}`, the browser of 1001 has the name of a phone: a real extension has a longer one still.
  const ofWeb = extensionOfEndpoint(web, endpoint)
  return ofWeb !== undefined && PHONE_EXTENSION.test(ofWeb) ? undefined : extension
}

/** @param callerId such as `"Anna Schmidt" <1001>` */
export function toPhonePerson(extension: string, callerId: string | undefined, line?: number): SourcePerson {
  return {
    sourceId: extension,
    extension,
    name: nameOfCallerId(callerId ?? ''),
    email: null,
    ...(line === undefined ? {} : { line }),
  }
}

/** @returns null for an empty name, a number alone, or `<unknown>` */
export function nameOfCallerId(callerId: string): string | null {
  const [, quoted, plain] = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*))/.exec(callerId) ?? []
  const name = (quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '').trim()
  return name === '' || /^[\d+*#]+$/.test(name) ? null : name
}
