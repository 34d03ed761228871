import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffItems } from '../../../../console/screens/ai/diff/lcs.ts'
import { type DiffLine, diffTexts, foldUnchanged } from '../../../../console/screens/ai/diff/text-diff.ts'

const join = (lines: readonly DiffLine[], without: string) =>
  lines
    .filter(({ kind }) => kind !== without)
    .map(({ parts }) => parts.map(({ text }) => text).join(''))
    .join('\n')

/** Few words and many line ends, so that texts have much in common. */
const text = fc.oneof(
  fc
    .array(
      fc.constantFrom('tea', 'coffee', ' ', '\n', '\n\n', '{{name}}', '.', '\r\n', 'чай', '茶', '🫖', 'é'),
      {
        maxLength: 40,
      },
    )
    .map((words) => words.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
)

describe('the difference of two texts', () => {
  it('gives both texts again: without its insertions the old one, without its deletions the new one', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffTexts(before, after)
        expect(join(lines, 'inserted')).toBe(before)
        expect(join(lines, 'deleted')).toBe(after)
      }),
      { numRuns: 500 },
    )
  })

  it('of a text to itself has no change', () => {
    fc.assert(
      fc.property(text, (same) => {
        expect(diffTexts(same, same).every(({ kind }) => kind === 'same')).toBe(true)
      }),
    )
  })

  it('has no empty part, and no changed part in a line that both have', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        for (const { kind, parts } of diffTexts(before, after)) {
          expect(parts.every((part) => part.text !== '')).toBe(true)
          if (kind === 'same') expect(parts.some(({ isChanged }) => isChanged)).toBe(false)
        }
      }),
    )
  })

  it('marks the words that differ', () => {
    expect(diffTexts('You sell tea.\nBe brief.\n', 'You sell green coffee.\nBe brief.\n')).toEqual([
      {
        kind: 'deleted',
        parts: [
          { text: 'You sell ', isChanged: false },
          { text: 'tea', isChanged: true },
          { text: '.', isChanged: false },
        ],
      },
      {
        kind: 'inserted',
        parts: [
          { text: 'You sell ', isChanged: false },
          { text: 'green coffee', isChanged: true },
          { text: '.', isChanged: false },
        ],
      },
      { kind: 'same', parts: [{ text: 'Be brief.', isChanged: false }] },
      { kind: 'same', parts: [] },
    ])
  })

  it('of a line that is added at the end is that line alone', () => {
    expect(diffTexts('a', 'a\nb').map(({ kind }) => kind)).toEqual(['same', 'inserted'])
    expect(diffTexts('', 'a').map(({ kind }) => kind)).toEqual(['inserted'])
  })

  it('is found for the largest texts that are stored, however little they have in common', () => {
    const numbered = (first: string) =>
      Array.from({ length: 10_000 }, (_, n) => `${first}${n % 7}`).join('\n')
    const [before, after] = [numbered('a').slice(0, 20_000), numbered('b').slice(0, 20_000)]
    const lines = diffTexts(before, after)
    expect([join(lines, 'inserted'), join(lines, 'deleted')]).toEqual([before, after])
    const [oneLine, other] = ['tea '.repeat(5_000), 'milk '.repeat(4_000)]
    expect(join(diffTexts(oneLine, other), 'deleted')).toBe(other)
  })
})

describe('the difference of two lists', () => {
  const items = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 9 })

  it('has as many common items as the longest common subsequence', () => {
    const longest = (left: readonly string[], right: readonly string[]): number =>
      left.length === 0 || right.length === 0
        ? 0
        : left[0] === right[0]
          ? 1 + longest(left.slice(1), right.slice(1))
          : Math.max(longest(left.slice(1), right), longest(left, right.slice(1)))
    fc.assert(
      fc.property(items, items, (before, after) => {
        const same = diffItems(before, after).flatMap((run) => (run.kind === 'same' ? run.items : []))
        expect(same.length).toBe(longest(before, after))
      }),
    )
  })

  it('has a deletion before the insertion of a change, and no two neighbours of one kind', () => {
    fc.assert(
      fc.property(items, items, (before, after) => {
        const kinds = diffItems(before, after).map(({ kind }) => kind)
        for (const [at, kind] of kinds.entries()) {
          expect(kinds[at + 1]).not.toBe(kind)
          if (kind === 'inserted') expect(kinds[at + 1]).not.toBe('deleted')
        }
      }),
    )
  })
})

describe('unchanged lines', () => {
  it('far from a change are a gap; all others are shown in their order', () => {
    const kinds = fc.array(fc.constantFrom('same', 'same', 'same', 'same', 'deleted', 'inserted'), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(kinds, fc.integer({ min: 0, max: 4 }), (all, around) => {
        const lines = all.map(
          (kind, at) => ({ kind, parts: [{ text: String(at), isChanged: kind !== 'same' }] }) as DiffLine, // kinds of the list above
        )
        const shown = foldUnchanged(lines, around)
        let at = 0
        for (const one of shown) {
          if (one.kind === 'gap') {
            expect(one.lines).toBeGreaterThan(1)
            const hidden = lines.slice(Math.max(0, at - around), at + one.lines + around)
            expect(
              hidden.slice(Math.min(at, around), -around || undefined).every(({ kind }) => kind === 'same'),
            ).toBe(true)
            at += one.lines
          } else {
            expect(one).toBe(lines[at])
            at += 1
          }
        }
        expect(at).toBe(lines.length)
      }),
    )
  })

  it('have three shown beside a change', () => {
    const line = (text: string) => `${text}\n`
    const before = Array.from({ length: 20 }, (_, n) => line(`l${n}`)).join('')
    const shown = foldUnchanged(diffTexts(before, before.replace('l10\n', 'changed\n')))
    expect(shown.map((one) => (one.kind === 'gap' ? one.lines : one.kind))).toEqual([
      7,
      'same',
      'same',
      'same',
      'deleted',
      'inserted',
      'same',
      'same',
      'same',
      7,
    ])
  })
})
