/** Attributes of 16 bytes, which Active Directory writes as a GUID. */
export const isGuidAttribute = (attribute: string): boolean => attribute.toLowerCase() === 'objectguid'

/** @returns the usual text of a GUID: its first three groups have their bytes in reverse; undefined for another length */
export function guidToText(bytes: Buffer): string | undefined {
  if (bytes.length !== 16) return undefined
  const hex = reorder(bytes).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** @returns undefined for a text that is no GUID */
export function textToGuid(text: string): Buffer | undefined {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return undefined
  return reorder(Buffer.from(text.replaceAll('-', ''), 'hex'))
}

const reorder = (bytes: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(bytes.subarray(0, 4)).reverse(),
    Buffer.from(bytes.subarray(4, 6)).reverse(),
    Buffer.from(bytes.subarray(6, 8)).reverse(),
    bytes.subarray(8),
  ])
