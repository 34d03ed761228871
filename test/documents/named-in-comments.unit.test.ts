import { describe, expect, it } from 'vitest'
import { codeOf, missingNames, namesInComments } from '../support/named-in-comments.ts'

/** Names that stand in comments and not in the code: words of protocols and of other programs, and examples. */
const FOREIGN: readonly string[] = [
  // Asterisk, WebRTC, Node, RFC 7519
  ...['ChanVariable', 'RTCIceServer', 'unhandledRejection', 'NumericDate'],
  // Examples of a spelling
  ...['camelCase', 'lastWish'],
]

describe('names in backticks in the comments of the code', () => {
  it('are identifiers of two words or more, and paths of files', () => {
    const source =
      '/** As `createX`, `Session.endedAt` and `core/a.ts`; not `sid` or `X-Hs-Cohort`. */\nconst a = 1\n'
    expect(namesInComments('x.ts', source).map(({ line, name }) => `${line} ${name}`)).toEqual([
      '1 createX',
      '1 Session.endedAt',
      '1 core/a.ts',
    ])
    expect(codeOf('x.ts', source)).toBe('\nconst a = 1\n')
  })

  it('occur in the code', () => {
    const missing = missingNames().filter(({ name }) => !FOREIGN.includes(name))
    expect(missing.map(({ file, line, name }) => `${file}:${line} ${name}`)).toEqual([])
  })

  it('need every exception of FOREIGN', () => {
    const missing = new Set(missingNames().map(({ name }) => name))
    expect(FOREIGN.filter((name) => !missing.has(name))).toEqual([])
  })
})
