/**
 * Finds the fields that a refusal is about. The API words it as `member: reason; member: reason`.
 *
 * @param detail of the problem (RFC 9457)
 * @param isField whether the form has a field of that name
 * @param describe makes the text that is shown: of one reason, or of the whole detail if it names no field
 * @returns by the field’s name; the empty name is the whole form
 */
export function readRefusal(
  detail: string | undefined,
  isField: (name: string) => boolean,
  describe: (reason: string | undefined) => string,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const rest: string[] = []
  for (const part of detail?.split('; ') ?? []) {
    const [, name = '', reason = ''] = /^([a-z][A-Za-z_]*): (.+)$/s.exec(part) ?? []
    if (name !== '' && isField(name)) found.set(name, describe(reason))
    else rest.push(part)
  }
  if (found.size === 0) return new Map([['', describe(detail)]])
  if (rest.length > 0) found.set('', describe(rest.join('; ')))
  return found
}
