/** Below these, what is left behind a code is no number that a list would have. */
const MIN_EMBEDDED_DIGITS = 2
/** Extensions are shorter. */
const MIN_OUTSIDE_DIGITS = 7
/** Digits between two of * and #, with a number still to come. */
const MAX_CODE_DIGITS = 3

export interface EmbeddedNumberRules {
  /** What the dialplan of the PBX takes off, as the settings file names it. */
  prefixes: readonly string[]
  /** Whether the plan has this number, dialled as it is: with a trunk or a country prefix where it needs one. */
  isComplete(digits: string): boolean
  /** Whether the text as a whole is a number for itself: of the plan, an extension or for help. */
  isNumber(typed: string): boolean
}

/**
 * The numbers that may be reached behind a code or a prefix, as far as they can be recognised:
 * - behind one of `prefixes`, what follows;
 * - with `*` or `#`, each piece that is whole. A code ends anywhere in the first piece, and in one that is not
 *   whole, so there each ending that is whole counts; where none is longer than extensions are, each ending does;
 * - in digits that are no number, each ending that is whole: `01013` `030123456`.
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
      ...(/[*#]/.test(typed) ? inPieces() : isNumber(typed) ? [] : completeSuffixesOf(typed)),
    ]),
  ]

  function inPieces(): string[] {
    const pieces = typed.split(/[*#]+/)
    const isCode = (at: number) =>
      at === 1 &&
      pieces[0] === '' &&
      (pieces[1] ?? '').length <= MAX_CODE_DIGITS &&
      pieces.slice(2).some((one) => one !== '')
    return pieces.flatMap((piece, at) => {
      const isLong = ({ length }: string) => length >= MIN_OUTSIDE_DIGITS
      if (at > 1 && isLong(piece) && isComplete(piece)) return [piece]
      const complete = completeSuffixesOf(piece)
      return complete.some(isLong) || isCode(at) ? complete : suffixesOf(piece)
    })
  }

  function completeSuffixesOf(text: string): string[] {
    return suffixesOf(text.replace('+', '')).filter(isComplete)
  }
}

/** The longest first. */
const suffixesOf = (text: string): string[] =>
  Array.from({ length: Math.max(0, text.length - MIN_EMBEDDED_DIGITS + 1) }, (_, at) => text.slice(at))
