/** Reads `<length>:<text>,` one after another, in whatever pieces they come. */
export function createNetstrings(each: (text: string) => void): (bytes: Buffer) => void {
  let held = Buffer.alloc(0)
  return (bytes) => {
    held = Buffer.concat([held, bytes])
    for (;;) {
      const colon = held.indexOf(':')
      if (colon < 0) return
      const length = Number(held.subarray(0, colon))
      if (held.length < colon + length + 2) return
      const text = held.subarray(colon + 1, colon + 1 + length).toString()
      held = held.subarray(colon + length + 2)
      each(text)
    }
  }
}
