/**
 * Text in one line, of visible characters: neither control characters and the like, nor the separators of lines and
 * paragraphs (U+2028, U+2029), which some programs show as line ends.
 */
export const oneLine = (min: number, max: number): RegExp =>
  new RegExp(`^[^\\p{C}\\p{Zl}\\p{Zp}]{${min},${max}}$`, 'u')
