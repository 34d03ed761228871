import { createHash } from 'node:crypto'

/** Bits of a remainder: a text that is not in the filter is found with probability 2^-18, about 1 of 260 000. */
const REMAINDER_BITS = 18
const REMAINDERS = 2 ** REMAINDER_BITS
const HEADER_BYTES = 4

/**
 * A set of words in about 20 bits each: a Golomb-coded set. It never misses a word that it holds, and finds others rarely.
 * Each word is hashed to a number below `words × 2^18`; the differences of the sorted numbers are stored as a quotient in
 * unary and a remainder of 18 bits, after the number of words (32 bits, big-endian).
 */
export function encodePasswordFilter(words: readonly string[]): Uint8Array {
  const hashes = [...new Set(words.map((word) => hashOf(word, words.length)))].sort((a, b) => a - b)
  const bits: number[] = []
  let last = 0
  for (const hash of hashes) {
    const difference = hash - last
    for (let left = Math.floor(difference / REMAINDERS); left > 0; left -= 1) bits.push(1)
    bits.push(0)
    for (let at = REMAINDER_BITS - 1; at >= 0; at -= 1) bits.push((difference >> at) & 1)
    last = hash
  }
  const bytes = new Uint8Array(HEADER_BYTES + Math.ceil(bits.length / 8))
  new DataView(bytes.buffer).setUint32(0, words.length)
  for (const [at, bit] of bits.entries())
    if (bit === 1)
      bytes[HEADER_BYTES + (at >> 3)] = (bytes[HEADER_BYTES + (at >> 3)] ?? 0) | (0x80 >> (at & 7))
  // Equal hashes are stored once: the decoder reads to the end, where less than a number is left.
  return bytes
}

/** @returns whether a word is in the set, also for about 1 of 260 000 others */
export function createPasswordFilter(bytes: Uint8Array): (word: string) => boolean {
  // Decoded when it is first used: most processes and commands set no password.
  let decoded: { size: number; hashes: Float64Array } | undefined
  return (word) => {
    decoded ??= decode(bytes)
    return includesSorted(decoded.hashes, hashOf(word, decoded.size))
  }
}

function decode(bytes: Uint8Array): { size: number; hashes: Float64Array } {
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0)
  const end = bytes.length * 8
  let at = HEADER_BYTES * 8
  const nextBit = () => {
    const bit = ((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1
    at += 1
    return bit
  }
  const hashes: number[] = []
  let last = 0
  while (end - at > REMAINDER_BITS) {
    let quotient = 0
    while (nextBit() === 1) quotient += 1
    let remainder = 0
    for (let bit = 0; bit < REMAINDER_BITS; bit += 1) remainder = (remainder << 1) | nextBit()
    last += quotient * REMAINDERS + remainder
    hashes.push(last)
  }
  return { size, hashes: Float64Array.from(hashes) }
}

/** Evenly below `size × 2^18`, from 48 bits of SHA-256. */
const hashOf = (word: string, size: number): number =>
  createHash('sha256').update(word).digest().readUIntBE(0, 6) % (size * REMAINDERS)

function includesSorted(sorted: Float64Array, wanted: number): boolean {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1
    else high = middle
  }
  return sorted[low] === wanted
}
