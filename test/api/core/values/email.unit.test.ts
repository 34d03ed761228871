import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalizeName, requireOwnNames } from '../../../../api/core/values/account-names.ts'
import { Email, toDeliverableAddress } from '../../../../api/core/values/email.ts'
import { toPbxEmail } from '../../../../api/provisioning/validate-extension.ts'

const isOne = (text: string) => Email.safeParse(text).success

describe('an e-mail address', () => {
  test.each([
    ['as most are', 'anna@example.org'],
    ['with capitals', 'Anna@Example.org'],
    ['with a tag', 'anna+calls@mail.example.org'],
    ['with an apostrophe', "o'hara+x@example.org"],
    ['with signs that few use', 'a!b#c$d%e&f*g/h=i?j^k_l`m{n|o}p~q@example.org'],
    ['of one letter', 'a@b.io'],
    ['of a long top domain', 'anna@example.photography'],
    ['of a domain in punycode', 'ivan@xn--e1afmkfd.xn--p1ai'],
    ['of a domain in Unicode', 'ivan@пример.рф'],
    ['of a subdomain in Unicode', 'x@mail.bücher.de'],
    ['with an accent before the @', 'josé@example.org'],
    ['in another script', 'иван@пример.рф'],
    ['in two scripts that do not look alike', '张wei@例え.jp'],
    ['in Devanagari, whose vowels are marks', 'हिन्दी@उदाहरण.भारत'],
  ])('may be one %s', (_, text) => {
    expect(Email.parse(text)).toBe(text)
  })

  test.each([
    ['blanks around it', ' anna@example.org\u00a0'],
    ['a line end', 'anna@example.org\r\n'],
    ['signs of no width', '\u200banna@exam\u00adple.org\ufeff'],
    ['full-width letters', 'ａｎｎａ＠ｅｘａｍｐｌｅ．ｏｒｇ'],
  ])('is taken without %s', (_, text) => {
    expect(Email.parse(text)).toBe('anna@example.org')
  })

  test.each([
    ['another address behind a line end', 'anna@example.org\r\nBcc: boris@example.org'],
    ['a line end inside', 'anna\r\n@example.org'],
    ['a display name', 'Anna <anna@example.org>'],
    ['brackets', '<anna@example.org>'],
    ['a second address', 'anna@example.org,boris@example.org'],
    ['a second address behind a blank', 'anna@example.org boris@example.org'],
    ['a second @', 'anna@boris@example.org'],
    ['a second @ in full width', 'anna＠boris@example.org'],
    ['the form of a group', 'all:anna@example.org;'],
    ['quotes', '"anna boris"@example.org'],
    ['a comment', 'anna(boris)@example.org'],
    ['a NUL', 'anna\0@example.org'],
    ['half a surrogate pair', 'anna\ud800@example.org'],
    ['a letter that looks like another', 'аnna@example.org'],
    ['a dot at the end of its name', 'anna.@example.org'],
    ['a dot before its name', '.anna@example.org'],
    ['two dots', 'an..na@example.org'],
    ['no name', '@example.org'],
    ['no domain', 'anna@'],
    ['a domain of one label', 'anna@localhost'],
    ['an IP address', 'anna@[127.0.0.1]'],
    ['an IP address without brackets', 'anna@127.0.0.1'],
    ['a path behind its domain', 'anna@example.org/x'],
    ['a domain with a _', 'anna@exam_ple.org'],
    ['a label that ends with a hyphen', 'anna@example-.org'],
    ['punycode that stands for nothing', 'anna@xn--a.com'],
    ['a name of more than 64 bytes', `${'é'.repeat(33)}@example.org`],
    ['more than 254 bytes', `anna@${'a.'.repeat(130)}org`],
    ['more than 254 bytes in ASCII alone', `anna@${'ü'.repeat(40)}.${'ü.'.repeat(60)}de`],
    ['the option of a program', '-oQ/tmp@'],
  ])('is none with %s', (_, text) => {
    expect(isOne(text)).toBe(false)
  })

  test.each([
    ['Unicode and punycode', 'ivan@пример.рф', 'IVAN@XN--E1AFMKFD.xn--p1ai'],
    ['capitals of another script', 'иван@пример.рф', 'ИВАН@ПРИМЕР.РФ'],
    ['accents in one sign and in two', 'jos\u00e9@example.org', 'jose\u0301@example.org'],
    ['dots of another script', 'a@日本。jp', 'a@日本.jp'],
    ['full width', 'ivan@example.org', 'ｉｖａｎ@ｅｘａｍｐｌｅ．ｏｒｇ'],
  ])('is the same in %s', (_, one, other) => {
    expect(normalizeName(one)).toBe(normalizeName(other))
  })

  test.each([
    ['ß and ss', 'a@straße.de', 'a@strasse.de'],
    ['a letter and the one it looks like', 'a@exаmple.org', 'a@example.org'],
  ])('is another one with %s in its domain', (_, one, other) => {
    expect(normalizeName(one)).not.toBe(normalizeName(other))
  })

  test('contains nothing that a mail header interprets, whatever was typed', () => {
    const pieces = ['a', 'B', '1', '.', '-', '+', '@', '＠', '。', 'ü', 'и', 'xn--', 'example.org']
    const piece = fc.constantFrom(...pieces, '\r\n', ',', '<', '"', ' ', '\u200b', '\0', "'", '!')
    const text = fc.array(piece, { maxLength: 12 }).map((all) => all.join(''))
    fc.assert(
      fc.property(fc.oneof(text, fc.emailAddress()), (typed) => {
        const { data: email } = Email.safeParse(typed)
        if (email === undefined) return
        expect(email).toMatch(/^[^\s@<>",;:()[\]\\\p{C}]+@[^\s@<>",;:()[\]\\\p{C}]+$/u)
        expect(toDeliverableAddress(email)).toMatch(/@[a-z0-9.-]+$/i)
        expect(Email.parse(email)).toBe(email)
        expect(normalizeName(toDeliverableAddress(email))).toBe(normalizeName(typed))
      }),
    )
  })

  test('is no text of 400 000 characters, and checking seven of them takes less than 2 s', () => {
    const startedAt = performance.now()
    for (const text of [
      `${'a.'.repeat(200_000)}@`,
      `a@${'a-'.repeat(200_000)}`,
      `a@${'a.'.repeat(200_000)}!`,
      `a@${'ü.'.repeat(200_000)}!`,
      ' '.repeat(400_000),
      `a${' '.repeat(400_000)}b`,
      `a${'\u200b'.repeat(400_000)}@`,
    ]) {
      expect(isOne(text)).toBe(false)
    }
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  test.each([
    ['as it is', 'anna+calls@example.org', 'anna+calls@example.org'],
    ['with its domain in ASCII', 'ivan@пример.рф', 'ivan@xn--e1afmkfd.xn--p1ai'],
    ['not at all with an apostrophe', "o'hara@example.org", undefined],
    ['not at all with a bar, which ends an option of voicemail.conf', 'a|b@example.org', undefined],
    ['not at all with an accent', 'josé@example.org', undefined],
  ])('goes to a PBX %s', (_, email, given) => {
    expect(isOne(email)).toBe(true)
    expect(toPbxEmail(email)).toBe(given)
  })
})

describe('the normal form of a name', () => {
  const isItsOwn = (text: string) => {
    const once = normalizeName(text)
    expect([text, normalizeName(once)]).toEqual([text, once])
    expect([text, normalizeName(` ${text}\u200b\n`)]).toEqual([text, once])
  }
  /** Code points that have another form alone or beside letters; all others are left as they are. */
  const changing = Array.from({ length: 0x110000 }, (_, code) => code)
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code))
    .filter((sign) => normalizeName(`a${sign}b`) !== `a${sign}b`)

  test.each([
    ['a mark that NFKC puts after a blank', '\ufe74'],
    ['such a mark inside', 'a\ufe74b'],
    ['a capital letter that becomes two', '\u0130'],
    ['a final sigma', 'ΑΣ'],
    ['a full-width address', 'Ａnna＠Bücher．example'],
  ])('is idempotent, for every code point that has another form', (_, text) => isItsOwn(text))

  test('is its own normal form, of every code point that has another form', () => {
    expect(changing.length).toBeGreaterThan(5_000)
    for (const sign of changing)
      for (const text of [sign, `a${sign}`, `${sign}\u0301`, `x@a${sign}.example`]) isItsOwn(text)
  })

  test.each([
    ['of any code points', fc.string({ unit: 'binary' }), {}],
    ['of any code points, from one seed', fc.string({ unit: 'binary' }), { seed: -257495060 }],
    ['of letters as people see them', fc.string({ unit: 'grapheme' }), {}],
    [
      'of code points that have another form, and signs of addresses',
      fc.string({ unit: fc.oneof(fc.constantFrom(...changing), fc.constantFrom('@', '.', 'a', '\u0301')) }),
      {},
    ],
  ])('is its own normal form: any name %s', (_, names, settings) => {
    fc.assert(fc.property(names, isItsOwn), { numRuns: 5_000, ...settings })
  })
})

describe('a name that looks like another', () => {
  test.each(
    ['\ufe0f', '\u034f', '\u3164', '\u115f', '\u2800', '\u17b4', '\u180b', '\u{e0100}', '\u2060'].map(
      (sign) => [sign.codePointAt(0)?.toString(16), sign],
    ),
  )('by a sign that shows nothing is that name: U+%s', (_, sign) => {
    expect([normalizeName(`user1${sign}`), normalizeName(`us${sign}er1`)]).toEqual(['user1', 'user1'])
  })

  test.each([
    ['Cyrillic', '\u0430dmin'],
    ['Greek', 'admi\u03bd'],
  ])('by a letter of another script is refused: %s', (_, username) => {
    expect(() => requireOwnNames({ username, extension: null })).toThrow(/input_invalid|letters/)
    expect(isOne(`${username}@example.org`)).toBe(false)
  })

  test.each(['анна', 'Άννα', 'anna', '安娜', 'anna安娜'])(
    'is none where it keeps to one script, or to no look-alike: %s',
    (username) => {
      expect(() => requireOwnNames({ username, extension: null })).not.toThrow()
    },
  )
})
