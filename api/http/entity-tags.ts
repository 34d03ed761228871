/** A tag that a client sent, without its quotes (RFC 9110 §8.8.3). */
export interface EntityTag {
  isWeak: boolean
  opaque: string
}

/** Value of `If-Match` or `If-None-Match`; `*` matches any current representation. */
export type EntityTagList = '*' | readonly EntityTag[]

/**
 * Parses a list of entity tags; Node joins several headers of one name with commas. Blanks and empty members are
 * skipped, a comma within quotes does not separate, an unquoted tag is accepted as some clients send it, and any other
 * member is skipped.
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
      // Not a tag: continue behind the next comma.
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
 * Whether a client has the representation with this tag. The comparison is weak: `W/"x"` equals `"x"`. Proxies that
 * compress append the coding to the tag (Apache: `"x-gzip"`, Jetty: `"x--gzip"`) and do not remove it from requests,
 * so such a suffix is ignored.
 *
 * @param tag without quotes; must not end in the name of a coding
 * @see RFC 9110 §13.1.2
 */
export const weaklyMatches = (named: EntityTagList | undefined, tag: string): boolean =>
  named === '*' || (named?.some(({ opaque }) => opaque.replace(CODING_SUFFIX, '') === tag) ?? false)

const CODING_SUFFIX = /(?:--?|;)(?:gzip|br|zstd|deflate)$/
