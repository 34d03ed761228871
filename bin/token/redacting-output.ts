/** Everything said to people goes through here, and comes out with no secret in it. */
export interface Voice {
  /** A line everybody should read. */
  say(line: string): void
  /** A line for `--debug`. */
  debug(line: string): void
  /** Never to be said from now on, however it is spelled, nor any ten characters of it. */
  hide(secret: string | undefined): void
}

export const STRUCK = '[struck]'

/** Shorter secrets would strike out half of every line; where they stand they are struck by name. */
const SHORTEST = 4
const PIECE = 10

/** @param write takes one line with its newline */
export function createVoice(write: (line: string) => void, debugging: boolean): Voice {
  const pieces = new Map<number, Set<string>>()
  const speak = (line: string) => write(`${printable(strike(line, pieces))}\n`)
  return {
    say: (line) => speak(`hookswitch token: ${line}`),
    debug(line) {
      if (debugging) speak(line)
    },
    hide(secret) {
      if (secret === undefined || secret.length < SHORTEST) return
      for (const text of spellings(secret)) {
        const size = Math.min(text.length, PIECE)
        const known = pieces.get(size) ?? new Set()
        for (let at = 0; at + size <= text.length; at += 1) known.add(text.slice(at, at + size))
        pieces.set(size, known)
      }
    },
  }
}

function strike(text: string, pieces: ReadonlyMap<number, ReadonlySet<string>>): string {
  const isSecret = new Array<boolean>(text.length).fill(false)
  for (const [size, known] of pieces) {
    for (let at = 0; at + size <= text.length; at += 1) {
      if (known.has(text.slice(at, at + size))) isSecret.fill(true, at, at + size)
    }
  }
  let left = ''
  for (let at = 0; at < text.length; at += 1) {
    if (!isSecret[at]) left += text.charAt(at)
    else if (!isSecret[at - 1]) left += STRUCK
  }
  return left
}

/** As itself, in a form, in a URL, in JSON, in HTML and in base64. */
function spellings(secret: string): string[] {
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

/** What a server says must not steer the terminal, nor pass for a line of ours. */
const printable = (text: string) => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
