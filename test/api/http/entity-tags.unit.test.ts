import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseEntityTags, weaklyMatches } from '../../../api/http/entity-tags.ts'

const TAG = 'Cr7MW2QlixZw-7'

describe('weaklyMatches', () => {
  test.each([
    ['the tag', `"${TAG}"`],
    ['a weak one, as a proxy that compresses makes it', `W/"${TAG}"`],
    ['a weak one in lower case', `w/"${TAG}"`],
    ['one of a list', `"zzz", "${TAG}"`],
    ['the first of a list', `W/"${TAG}","zzz"`],
    ['a list with odd blanks and empty members', ` ,, "zzz"\t,\t W/"${TAG}" , `],
    ['a list with a tag that holds a comma', `"a,b", "${TAG}"`],
    ['a list with nonsense before it', `"zzz, ??"x", "${TAG}"`],
    ['a star', '*'],
    ['a star with blanks', ' * '],
    ['Apache’s coding in the tag', `"${TAG}-gzip"`],
    ['Jetty’s', `W/"${TAG}--gzip"`],
    ['another coding', `"${TAG}-br"`],
    ['the tag without quotes', TAG],
  ])('matches by %s', (_, field) => {
    expect(weaklyMatches(parseEntityTags(field), TAG)).toBe(true)
  })

  test.each([
    ['no header', undefined],
    ['an empty one', ''],
    ['blanks', ' \t '],
    ['another tag', '"zzz"'],
    ['another case', `"${TAG.toLowerCase()}"`],
    ['a tag of which it is a part', `"x${TAG}"`],
    ['two codings', `"${TAG}-gzip-br"`],
    ['a tag in two pieces', `"Cr7MW2QlixZw,-7"`],
    ['a star among others, which is no list', '"zzz", *'],
    ['a quote that is not closed', `"${TAG}`],
    ['a blank within the quotes', `" ${TAG}"`],
  ])('does not match by %s', (_, field) => {
    expect(weaklyMatches(parseEntityTags(field), TAG)).toBe(false)
  })

  test('matches in any list that names the tag, and in no other', () => {
    const opaque = fc.stringMatching(/^[A-Za-z0-9,;:/=-]{0,12}$/)
    const blank = fc.stringMatching(/^[ \t]{0,3}$/)
    const member = fc.tuple(blank, fc.boolean(), opaque, blank)
    fc.assert(
      fc.property(fc.array(member), opaque, (members, tag) => {
        const field = members.map(([a, weak, text, b]) => `${a}${weak ? 'W/' : ''}"${text}"${b}`).join(',')
        const has = members.some(([, , text]) => text === tag)
        // A coding at the end of a tag is ignored; our own tags end in a number.
        fc.pre(!/(?:gzip|br|zstd|deflate)$/.test(field.replaceAll('"', '').trim()))
        expect(weaklyMatches(parseEntityTags(field), tag)).toBe(has)
      }),
    )
  })

  test('parses any text in linear time', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseEntityTags(text)))
    const startedAt = performance.now()
    for (const piece of ['"', ' ', ',', 'W/', '"a', '\t,', '"-gzip', 'x"'])
      parseEntityTags(piece.repeat(100_000))
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})
