import { domainToASCII } from 'node:url'
import { z } from 'zod'

/**
 * One rule for an e-mail address on every surface, in lists and on the command line: one mailbox, without a
 * display name and without quotes, so that it can stand in a mail's header. The part before the @ is a dot-atom
 * (RFC 5322 §3.2.3) and may hold letters of any script (RFC 6531 §3.3); the domain is a DNS name, in Unicode or as
 * punycode (RFC 5891). The result is NFKC, trimmed and without zero-width characters.
 */
export const Email = z
  .string()
  .overwrite(normalizeText)
  .refine(isEmail, 'must be an email address such as name@example.org')
  .max(254)
  .meta({ format: 'email' })

/**
 * The address as mail servers and PBXs take it: the domain in ASCII. Only the part before the @ may still hold
 * letters of other scripts, which need SMTPUTF8 (RFC 6531).
 */
export const toDeliverableAddress = (email: string): string => toAsciiDomain(normalizeText(email))

/** Trims, removes zero-width characters, and applies NFKC, which turns full-width letters and signs into usual ones. */
export function normalizeText(text: string): string {
  return stripInvisible(stripInvisible(text).normalize('NFKC'))
}

/** Not one pattern for both ends, which would take quadratic time for many spaces inside. */
export const stripInvisible = (text: string): string =>
  // `trim` leaves the line break U+0085; U+2800 is a letter that looks like a space.
  text
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]+/gu, '')
    .replaceAll('\u0085', ' ')
    .trim()

/** Converts the domain after the last @ to ASCII if it is in another script. */
export function toAsciiDomain(text: string): string {
  const at = text.lastIndexOf('@')
  const domain = text.slice(at + 1)
  if (at < 1 || !/^[\p{L}\p{M}\p{N}.。-]+$/u.test(domain) || /^\p{ASCII}*$/u.test(domain)) return text
  const ascii = domainToASCII(domain)
  return DOMAIN.test(ascii) ? `${text.slice(0, at)}@${ascii}` : text
}

function isEmail(text: string): boolean {
  const address = toAsciiDomain(text)
  const at = address.lastIndexOf('@')
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)]
  if (at < 1 || Buffer.byteLength(local) > 64 || Buffer.byteLength(address) > 254) return false
  if (!LOCAL.test(local) || !DOMAIN.test(domain)) return false
  if (mixesScripts(local)) return false
  // Invalid punycode has no DNS entry and no normal form.
  return !/(^|\.)xn--/i.test(domain) || domainToASCII(domain) === domain.toLowerCase()
}

/** Whether Latin letters stand beside Cyrillic or Greek ones: `аnna` with a Cyrillic а reads like another name. */
export const mixesScripts = (text: string): boolean =>
  /\p{sc=Latin}/u.test(text) && /[\p{sc=Cyrillic}\p{sc=Greek}]/u.test(text)

const LOCAL =
  /^(?:[\w!#$%&'*+/=?^`{|}~-]|[^\p{ASCII}\p{C}\p{Z}])+(?:\.(?:[\w!#$%&'*+/=?^`{|}~-]|[^\p{ASCII}\p{C}\p{Z}])+)*$/u
/** Two or more labels; the last is not a number, as in an IP address. */
const DOMAIN =
  /^(?=.{1,253}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:[A-Za-z]{2,63}|[Xx][Nn]--[A-Za-z0-9-]{0,58}[A-Za-z0-9])$/
