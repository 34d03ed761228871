import { expect, test } from 'vitest'
import { ApiError } from '../../console/api/client.ts'
import { errorWords } from '../../console/components/error-words.ts'
import { messages as english } from '../../console/components/messages.en.ts'
import { messages as spanish } from '../../console/components/messages.es.ts'
import { messages as russian } from '../../console/components/messages.ru.ts'

const unknownNumber = new ApiError(422, 'unknown_number', 'the PBX knows no such number')
const invalid = new ApiError(400, 'input_invalid', 'a username has 1 to 128 characters and no blanks')

test.each([
  ['a detail as a sentence', unknownNumber, 'The PBX knows no such number.'],
  ['a detail that ends as a sentence', new ApiError(403, 'forbidden', 'Not for you.'), 'Not for you.'],
  ['a member of the API', new ApiError(403, 'forbidden', 'user_id is for admins'), 'User id is for admins.'],
  ['a code without a detail', new ApiError(409, 'taken', undefined), 'This is in use already.'],
  ['a status alone', new ApiError(409, '409', undefined), english.errors.conflict],
  [
    'no detail where the state is temporary',
    new ApiError(503, 'unavailable', 'x'),
    english.errors.unavailable,
  ],
  ['no detail of a failure of the server', new ApiError(500, 'internal', 'x'), english.errors.unexpected],
  ['the wait', new ApiError(429, 'throttled', 'x', 2_500), 'Too many requests. Try again in 3 s.'],
  ['any other failure', new TypeError('x'), english.errors.unexpected],
])('English has %s', (_, err, words) => {
  expect(errorWords(english.errors, true, err)).toBe(words)
})

test.each([
  ['ru', russian, 'АТС не знает такого номера.', 'Сервер не принял введённое.'],
  ['es', spanish, 'La centralita no conoce este número.', 'El servidor no acepta estos datos.'],
] as const)('%s has its own words, and a detail only where they give no reason', (_, texts, own, input) => {
  const words = (err: unknown) => errorWords(texts.errors, false, err)
  expect(words(unknownNumber)).toBe(own)
  expect(words(invalid)).toBe(`${input} A username has 1 to 128 characters and no blanks.`)
  expect(words(new ApiError(418, 'teapot', 'no coffee'))).toBe(`${texts.errors.unexpected} No coffee.`)
})
