import { domainToASCII } from 'node:url'

/**
 * The normal form of names when 0016 was released: trimmed, without zero-width characters, NFKC, lower case, and an
 * address with its domain in ASCII. It never changes: a new normal form needs a new migration.
 */
export function nameForm(text: string): string {
  return withAsciiDomain(tidied(tidied(text).toLowerCase()))
}

const tidied = (text: string) => trimmed(trimmed(text).normalize('NFKC'))

const trimmed = (text: string) =>
  text
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]+/gu, '')
    .replaceAll('\u0085', ' ')
    .trim()

function withAsciiDomain(text: string): string {
  const at = text.lastIndexOf('@')
  const domain = text.slice(at + 1)
  if (at < 1 || !/^[\p{L}\p{M}\p{N}.。-]+$/u.test(domain) || /^\p{ASCII}*$/u.test(domain)) return text
  const ascii = domainToASCII(domain)
  return DOMAIN.test(ascii) ? `${text.slice(0, at)}@${ascii}` : text
}

const DOMAIN =
  /^(?=.{1,253}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:[A-Za-z]{2,63}|[Xx][Nn]--[A-Za-z0-9-]{0,58}[A-Za-z0-9])$/
