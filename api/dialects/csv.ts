/** Tables as RFC 4180 has them. */

export const line = (cells: readonly (string | number)[]): string =>
  `${cells.map((each) => cell(String(each))).join(',')}\r\n`

/**
 * What others have written begins harmlessly: a spreadsheet takes what looks like a formula for one. Whoever reads
 * the table again takes one `'` from before it, hence one more where there is one already.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
function cell(text: string): string {
  const harmless = /^'*[=+\-@\t\r]/.test(text) && !/^\+?[0-9]+$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
