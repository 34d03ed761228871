/** Below these, what is left behind a code is no number that a list would have. */
const SHORTEST = 2
/** Extensions are shorter. */
const OUTSIDE = 7
/** Digits between two of * and #, with a number still to come. */
const LONGEST_CODE = 3

export interface BehindCodesRules {
  /** What the dialplan of the PBX takes off, as the settings file names it. */
  prefixes: readonly string[]
  /** Whether the plan has this number, dialled as it is: with a trunk or a country prefix where it needs one. */
  isWhole(digits: string): boolean
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
export function numbersBehind(typed: string, rules: BehindCodesRules): string[] {
  const { prefixes, isWhole, isNumber } = rules
  const taken = prefixes
    .filter((prefix) => typed.startsWith(prefix) && typed.length >= prefix.length + SHORTEST)
    .map((prefix) => typed.slice(prefix.length))
  const deeper = taken.flatMap((rest) => [rest, ...numbersBehind(rest, rules)])
  return [
    ...new Set([...deeper, ...(/[*#]/.test(typed) ? inPieces() : isNumber(typed) ? [] : wholesOf(typed))]),
  ]

  function inPieces(): string[] {
    const pieces = typed.split(/[*#]+/)
    const isCode = (at: number) =>
      at === 1 &&
      pieces[0] === '' &&
      (pieces[1] ?? '').length <= LONGEST_CODE &&
      pieces.slice(2).some((one) => one !== '')
    return pieces.flatMap((piece, at) => {
      const isLong = ({ length }: string) => length >= OUTSIDE
      if (at > 1 && isLong(piece) && isWhole(piece)) return [piece]
      const wholes = wholesOf(piece)
      return wholes.some(isLong) || isCode(at) ? wholes : endingsOf(piece)
    })
  }

  function wholesOf(text: string): string[] {
    return endingsOf(text.replace('+', '')).filter(isWhole)
  }
}

/** The longest first. */
const endingsOf = (text: string): string[] =>
  Array.from({ length: Math.max(0, text.length - SHORTEST + 1) }, (_, at) => text.slice(at))
