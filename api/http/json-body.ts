import type { Context, MiddlewareHandler } from 'hono'
import { Refusal } from '../core/refusal.ts'

/** Limits of a JSON text. A member of an object and an element of a list count the same; an empty one counts as one. */
export interface JsonLimits {
  /** Nesting of objects and lists. */
  maxDepth: number
  /** Members of one object or list. */
  maxPerContainer: number
  /** Members of all objects and lists together. */
  maxTotal: number
}

/** A campaign lists up to 1 000 agents; no other body comes near. */
export const DEFAULT_JSON_LIMITS: JsonLimits = { maxDepth: 32, maxPerContainer: 2_000, maxTotal: 5_000 }
/** `users-state` of 20 000 extensions, half of them in a call. */
export const SNAPSHOT_JSON_LIMITS: JsonLimits = { maxDepth: 16, maxPerContainer: 20_000, maxTotal: 150_000 }

/**
 * Reads a JSON body of any content type. The limits are checked on the bytes before parsing, because a parser, a schema
 * and their error messages each cost more than one pass over the bytes.
 *
 * @throws {Refusal} `input_invalid` for a body that is not JSON or exceeds the limits
 */
export async function readJsonValue(c: Context, limits: JsonLimits): Promise<unknown> {
  const bytes = await readBytes(c)
  requireWithinLimits(bytes, limits)
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    throw notJsonError()
  }
}

/** For routes where zod-openapi reads the body: checks the limits first; Hono caches the bytes. */
export const limitJsonBody: MiddlewareHandler = async (c, next) => {
  requireWithinLimits(await readBytes(c), DEFAULT_JSON_LIMITS)
  await next()
}

/** @throws {Refusal} `input_invalid` */
export function requireWithinLimits(json: Uint8Array, limits: JsonLimits): void {
  const detail = exceededLimit(json, limits)
  if (detail !== undefined) throw new Refusal('input_invalid', { detail })
}

/**
 * Which limit a text exceeds, if any. Exact up to the first syntax error, where a parser stops as well.
 *
 * @param json in UTF-8, where no byte of a multi-byte character equals an ASCII character
 */
export function exceededLimit(
  json: Uint8Array,
  { maxDepth, maxPerContainer, maxTotal }: JsonLimits,
): string | undefined {
  const counts = new Uint32Array(maxDepth + 1)
  let level = 0
  let total = 0
  let inString = false
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at]
    if (inString) {
      if (byte === BACKSLASH) at += 1
      else if (byte === QUOTE) inString = false
      continue
    }
    switch (byte) {
      case QUOTE:
        inString = true
        break
      case BRACE:
      case BRACKET:
        level += 1
        if (level > maxDepth) return `the body is more than ${maxDepth} levels deep`
        counts[level] = 1
        total += 1
        break
      case BRACE_END:
      case BRACKET_END:
        if (level > 0) level -= 1
        break
      case COMMA: {
        const count = (counts[level] ?? 0) + 1
        counts[level] = count
        total += 1
        if (count > maxPerContainer)
          return `the body has more than ${maxPerContainer} members in one object or list`
        break
      }
      default:
        continue
    }
    if (total > maxTotal) return `the body has more than ${maxTotal} members`
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

/** The client may disconnect before the end of the body. */
async function readBytes(c: Context): Promise<Uint8Array> {
  try {
    return new Uint8Array(await c.req.arrayBuffer())
  } catch (err) {
    throw err instanceof Refusal ? err : notJsonError()
  }
}

const notJsonError = () => new Refusal('input_invalid', { detail: 'the body is not JSON' })
