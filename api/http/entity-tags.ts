/** A tag that a client names, without its quotes (RFC 9110 §8.8.3). */
export interface EntityTag {
  isWeak: boolean
  opaque: string
}

/** What `If-Match` or `If-None-Match` names: `*` is whatever there is. */
export type EntityTagList = '*' | readonly EntityTag[]

/**
 * Reads a list of entity tags; several headers of the name come joined by commas. Blanks and empty members do not count,
 * a comma within quotes separates nothing, a tag without quotes is taken as some clients send it, and a member that is
 * none names nothing.
 *
 * @returns undefined where the client sent no such header
 * @see RFC 9110 §5.6.1 for lists, §8.8.3 for tags
 */
export function parseEntityTags(field: string | undefined): EntityTagList | undefined {
  if (field === undefined) return undefined
  if (field.trim() === '*') return '*'
  const tags: EntityTag[] = []
  for (let at = 0; at < field.length; ) {
    LIST_MEMBER.lastIndex = at
    const member = LIST_MEMBER.exec(field)
    if (member === null) {
      // No tag: what stands behind the next comma may be one.
      const comma = field.indexOf(',', at)
      if (comma < 0) break
      at = comma + 1
      continue
    }
    const { weak, quoted, bare } = member.groups ?? {}
    const opaque = quoted ?? bare
    if (opaque !== undefined) tags.push({ isWeak: weak !== undefined, opaque })
    at = LIST_MEMBER.lastIndex
  }
  return tags
}

const LIST_MEMBER =
  /[ \t]*(?:(?<weak>[Ww]\/)?"(?<quoted>[\x21\x23-\x7e\x80-\xff]*)"|(?<bare>[^\s",*]+))?[ \t]*(?:,|$)/y

/**
 * Whether a client has what `tag` names: the weak comparison, by which `W/"x"` is `"x"`. Proxies that compress write
 * their coding into the tag (Apache: `"x-gzip"`, Jetty: `"x--gzip"`) and do not take it out of the question: it names
 * the same content.
 *
 * @param tag without quotes; it ends in no name of a coding itself
 * @see RFC 9110 §13.1.2
 */
export const weaklyMatches = (named: EntityTagList | undefined, tag: string): boolean =>
  named === '*' || (named?.some(({ opaque }) => opaque.replace(CODING_SUFFIX, '') === tag) ?? false)

const CODING_SUFFIX = /(?:--?|;)(?:gzip|br|zstd|deflate)$/
