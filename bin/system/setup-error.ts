/** A program is missing and cannot be installed. The message is one line that names what to do. */
export class SetupError extends Error {
  constructor(message: string, cause?: unknown) {
    super(oneLine(message), { cause })
    this.name = 'SetupError'
  }
}

/** Messages of other programs may span lines and may name a mirror or proxy together with its password. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\/\/[^/\s@]+@/g, '//')
}
