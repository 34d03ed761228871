/** All output for people goes through here; secrets are removed. */
export interface RedactingOutput {
  /** A line for the user. */
  print(line: string): void
  /** A line for `--debug`. */
  debug(line: string): void
  /** Not printed from now on, in any encoding, nor any ten characters of it. */
  addSecret(secret: string | undefined): void
}

export const REDACTED = '[struck]'

/** Shorter secrets would strike out half of every line; where they stand they are struck by name. */
const MIN_SECRET_LENGTH = 4
const FRAGMENT_LENGTH = 10

/** @param write takes one line with its newline */
export function createRedactingOutput(write: (line: string) => void, debugging: boolean): RedactingOutput {
  const pieces = new Map<number, Set<string>>()
  const writeLine = (line: string) => write(`${printable(redactFragments(line, pieces))}\n`)
  return {
    print: (line) => writeLine(`hookswitch token: ${line}`),
    debug(line) {
      if (debugging) writeLine(line)
    },
    addSecret(secret) {
      if (secret === undefined || secret.length < MIN_SECRET_LENGTH) return
      for (const text of encodingsOf(secret)) {
        const size = Math.min(text.length, FRAGMENT_LENGTH)
        const known = pieces.get(size) ?? new Set()
        for (let at = 0; at + size <= text.length; at += 1) known.add(text.slice(at, at + size))
        pieces.set(size, known)
      }
    },
  }
}

function redactFragments(text: string, pieces: ReadonlyMap<number, ReadonlySet<string>>): string {
  const isSecret = new Array<boolean>(text.length).fill(false)
  for (const [size, known] of pieces) {
    for (let at = 0; at + size <= text.length; at += 1) {
      if (known.has(text.slice(at, at + size))) isSecret.fill(true, at, at + size)
    }
  }
  let left = ''
  for (let at = 0; at < text.length; at += 1) {
    if (!isSecret[at]) left += text.charAt(at)
    else if (!isSecret[at - 1]) left += REDACTED
  }
  return left
}

/** As itself, in a form, in a URL, in JSON, in HTML and in base64. */
function encodingsOf(secret: string): string[] {
  const html = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return [
    secret,
    new URLSearchParams({ '': secret }).toString().slice(1),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    html,
    html.replaceAll('"', '&quot;').replaceAll("'", '&#039;'),
    Buffer.from(secret).toString('base64'),
  ]
}

/** A server's text must not control the terminal, nor look like a line of ours. */
const printable = (text: string) => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
