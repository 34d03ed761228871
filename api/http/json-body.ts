import type { Context, MiddlewareHandler } from 'hono'
import { Refusal } from '../core/refusal.ts'

/** How much a JSON text may hold. Members of objects and elements of lists count alike, and what is empty as one. */
export interface JsonBounds {
  /** Objects and lists within each other. */
  depth: number
  /** Members of one object or list. */
  each: number
  /** Members of all objects and lists together. */
  all: number
}

/** A campaign lists up to 1 000 agents; no other body comes near. */
export const USUAL: JsonBounds = { depth: 32, each: 2_000, all: 5_000 }
/** `users-state` of 20 000 extensions, half of them in a call. */
export const SNAPSHOT: JsonBounds = { depth: 16, each: 20_000, all: 150_000 }

/**
 * Reads a JSON body, whatever its type is called. It is measured before it is parsed: a parser, a schema and
 * what they make of their errors each take longer than a look at the bytes.
 *
 * @throws {Refusal} `input_invalid` for what is not JSON, or holds more than the bounds
 */
export async function readValue(c: Context, bounds: JsonBounds): Promise<unknown> {
  const bytes = await bytesOf(c)
  mustFit(bytes, bounds)
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    throw notJson()
  }
}

/** For routes whose framework reads the body: measures it before, and leaves it to be read again. */
export const boundedJson: MiddlewareHandler = async (c, next) => {
  mustFit(await bytesOf(c), USUAL)
  await next()
}

/** @throws {Refusal} `input_invalid` */
export function mustFit(json: Uint8Array, bounds: JsonBounds): void {
  const detail = excessOf(json, bounds)
  if (detail !== undefined) throw new Refusal('input_invalid', { detail })
}

/**
 * Which bound a text exceeds, if any. Exact up to where the text stops being JSON, and a parser goes no further.
 *
 * @param json in UTF-8, where no byte of a longer character looks like one of JSON's own
 */
export function excessOf(json: Uint8Array, { depth, each, all }: JsonBounds): string | undefined {
  const members = new Uint32Array(depth + 1)
  let level = 0
  let total = 0
  let inText = false
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at]
    if (inText) {
      if (byte === BACKSLASH) at += 1
      else if (byte === QUOTE) inText = false
      continue
    }
    switch (byte) {
      case QUOTE:
        inText = true
        break
      case BRACE:
      case BRACKET:
        level += 1
        if (level > depth) return `the body is more than ${depth} levels deep`
        members[level] = 1
        total += 1
        break
      case BRACE_END:
      case BRACKET_END:
        if (level > 0) level -= 1
        break
      case COMMA: {
        const count = (members[level] ?? 0) + 1
        members[level] = count
        total += 1
        if (count > each) return `the body has more than ${each} members in one object or list`
        break
      }
      default:
        continue
    }
    if (total > all) return `the body has more than ${all} members`
  }
  return undefined
}

const QUOTE = 0x22
const COMMA = 0x2c
const BRACKET = 0x5b
const BACKSLASH = 0x5c
const BRACKET_END = 0x5d
const BRACE = 0x7b
const BRACE_END = 0x7d

/** Whoever sends it may be gone before its end. */
async function bytesOf(c: Context): Promise<Uint8Array> {
  try {
    return new Uint8Array(await c.req.arrayBuffer())
  } catch (err) {
    throw err instanceof Refusal ? err : notJson()
  }
}

const notJson = () => new Refusal('input_invalid', { detail: 'the body is not JSON' })
