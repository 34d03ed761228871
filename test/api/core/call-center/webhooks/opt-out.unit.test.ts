import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findOptOutKeyword } from '../../../../../api/core/call-center/webhooks/opt-out.ts'

test.each([
  ...[
    'STOP',
    'stop',
    ' Stop\n',
    'Stop.',
    'STOP!',
    '"STOP"',
    '“Stop”',
    '«STOP»',
    "'stop'",
    'S.T.O.P.',
    'ＳＴＯＰ',
  ],
  ...[
    'STOP STOP STOP',
    'stop 🛑',
    '\u202aSTOP\u202c',
    'STOP\u00a0',
    'Stop. Thank you',
    'Please stop',
    'STOP, thanks!',
  ],
  ...[
    'REVOKE',
    'OPTOUT',
    'opt-out',
    'OPT OUT',
    'Opt out, please.',
    'STOP ALL',
    'stopall',
    'Unsubscribe',
    'CANCEL',
  ],
  ...['END', 'quit', 'Stop calling me', 'don’t call me', 'Do not call', 'remove me', 'Please remove me!'],
  ...[
    'ARRET',
    'Arrêt',
    'STOPP',
    'СТОП',
    'стоп, пожалуйста',
    'BAJA',
    'Parar',
    'Stop bitte',
    'no llamar',
    '停止',
    'İptal',
  ],
])('%j opts out', (text) => {
  expect(findOptOutKeyword(text)).toMatch(/./)
})

test.each([
  ...['', '.', '🛑', 'Thanks!', 'Yes', 'START', 'UNSTOP', 'Hello', 'no'],
  ...['STOP calling me at work', 'don’t stop', 'What time does it end?', 'Please cancel my order', 'The end'],
  ...[
    'Can I cancel?',
    'End of May is fine',
    'When does the sale end',
    'I quit my job',
    'unstoppable',
    'STOP2',
  ],
  ...[
    'We meet at the bus stop',
    'stop end',
    'endless',
    'I will not cancel',
    'Weekend',
    `STOP ${'!'.repeat(100)}`,
  ],
])('%j does not opt out', (text) => {
  expect(findOptOutKeyword(text)).toBeUndefined()
})

test('the result is the keyword in capitals', () => {
  expect(findOptOutKeyword('"Opt-out", please!')).toBe('OPTOUT')
})

test('punctuation, case and spaces around a keyword do not matter', () => {
  const around = fc.string({
    unit: fc.constantFrom(' ', '.', '!', '"', '\n', '-', '…', '*', '\u200b'),
    maxLength: 8,
  })
  fc.assert(
    fc.property(
      around,
      around,
      fc.constantFrom('stop', 'Revoke', 'OPTOUT', 'arrêt'),
      (before, after, word) => {
        expect(findOptOutKeyword(before + word + after)).toBe(word.toUpperCase().replace('Ê', 'E'))
      },
    ),
  )
})

test('a keyword between other words that are not polite phrases does not opt out', () => {
  const other = fc.constantFrom('order', 'me', 'the', 'my', 'sale', 'tomorrow', 'bus')
  fc.assert(
    fc.property(other, fc.constantFrom('end', 'cancel', 'stop', 'quit'), other, (before, word, after) => {
      expect(findOptOutKeyword(`${before} ${word} ${after}`)).toBeUndefined()
    }),
  )
})
