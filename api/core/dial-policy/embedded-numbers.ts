/** A shorter rest behind a code is no number that a list would contain. */
const MIN_EMBEDDED_DIGITS = 2
/** Extensions are shorter. */
const MIN_OUTSIDE_DIGITS = 7
/** Digits of a code between `*` or `#` that a number follows. */
const MAX_CODE_DIGITS = 3

export interface EmbeddedNumberRules {
  /** Prefixes that the dialplan of the PBX removes, from the settings file. */
  prefixes: readonly string[]
  /** Whether these digits are a complete number as dialed: with a trunk or country prefix where one is needed. */
  isComplete(digits: string): boolean
  /** Whether the whole text is a number: of the plan, an extension or an emergency number. */
  isNumber(typed: string): boolean
}

/**
 * The numbers that a text may reach behind a code or a prefix, as far as they can be recognized:
 * - behind one of `prefixes`, the rest;
 * - with `*` or `#`, each part that is a complete number. A code may end anywhere in the first part, and in a
 *   part that is not complete, so there each complete suffix counts; where none is longer than an extension,
 *   each suffix does;
 * - in digits that are no number, each complete suffix: `01013` `030123456`.
 * @param typed without separators
 */
export function embeddedNumbers(typed: string, rules: EmbeddedNumberRules): string[] {
  const { prefixes, isComplete, isNumber } = rules
  const withoutPrefix = prefixes
    .filter((prefix) => typed.startsWith(prefix) && typed.length >= prefix.length + MIN_EMBEDDED_DIGITS)
    .map((prefix) => typed.slice(prefix.length))
  const deeper = withoutPrefix.flatMap((rest) => [rest, ...embeddedNumbers(rest, rules)])
  return [
    ...new Set([
      ...deeper,
      ...(/[*#]/.test(typed) ? inParts() : isNumber(typed) ? [] : completeSuffixesOf(typed)),
    ]),
  ]

  function inParts(): string[] {
    const parts = typed.split(/[*#]+/)
    const isCode = (at: number) =>
      at === 1 &&
      parts[0] === '' &&
      (parts[1] ?? '').length <= MAX_CODE_DIGITS &&
      parts.slice(2).some((one) => one !== '')
    return parts.flatMap((part, at) => {
      const isLong = ({ length }: string) => length >= MIN_OUTSIDE_DIGITS
      if (at > 1 && isLong(part) && isComplete(part)) return [part]
      const complete = completeSuffixesOf(part)
      return complete.some(isLong) || isCode(at) ? complete : suffixesOf(part)
    })
  }

  function completeSuffixesOf(text: string): string[] {
    return suffixesOf(text.replace('+', '')).filter(isComplete)
  }
}

/** The longest first. */
const suffixesOf = (text: string): string[] =>
  Array.from({ length: Math.max(0, text.length - MIN_EMBEDDED_DIGITS + 1) }, (_, at) => text.slice(at))
