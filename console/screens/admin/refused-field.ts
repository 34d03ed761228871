/**
 * Finds the fields that a refusal is about. The API words it as `member: reason; member: reason`.
 *
 * @param detail of the problem (RFC 9457)
 * @param isField whether the form has a field of that name
 * @param otherwise the text for the whole form if the refusal names no field
 * @returns by the field’s name; the empty name is the whole form
 */
export function readRefusal(
  detail: string | undefined,
  isField: (name: string) => boolean,
  otherwise: string,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const rest: string[] = []
  for (const part of detail?.split('; ') ?? []) {
    const [, name = '', reason = ''] = /^([a-z][a-z_]*): (.+)$/s.exec(part) ?? []
    if (name !== '' && isField(name)) found.set(name, reason)
    else rest.push(part)
  }
  if (found.size === 0) return new Map([['', otherwise]])
  if (rest.length > 0) found.set('', rest.join('; '))
  return found
}
