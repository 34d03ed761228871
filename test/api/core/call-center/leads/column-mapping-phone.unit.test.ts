import { describe, expect, test } from 'vitest'
import { mapColumns } from '../../../../../api/core/call-center/leads/column-mapping.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'

const read = (header: string, delimiter = ',') =>
  mapColumns(header.split(delimiter)).map(({ column }) => column)

describe('a header made of phone words is a phone column', () => {
  test.each([
    ...[
      'Phone',
      'Mobile Phone',
      'Phone 1 - Value',
      'Home Phone',
      'Business Phone 2',
      'Company Main Phone',
      'Cell',
    ],
    ...[
      'Phone Number (work)',
      'Primary Phone',
      'phone_number',
      'phoneNumber',
      'PHONE #',
      'Phone No.',
      'Tel.',
      'Mob',
    ],
    ...[
      'mobilephone',
      'Other Phone',
      'Work phone',
      'Contact Number Mobile',
      'MSISDN',
      'Cellular',
      'Telephones',
    ],
    ...[
      'Telefon',
      'Telefonnummer',
      'Tel.-Nr.',
      'Telefon geschäftlich',
      'Telefon (privat)',
      'Mobiltelefon',
      'Handy',
    ],
    ...[
      'Handynummer',
      'Mobilfunknummer',
      'Rufnummer',
      'Festnetz',
      'Telefon Firma',
      'Weiteres Telefon',
      'Fon',
    ],
    ...[
      'Teléfono',
      'Telefono',
      'Teléfono móvil',
      'Móvil',
      'Celular',
      'Número de teléfono',
      'Teléfono del trabajo',
    ],
    ...[
      'Téléphone',
      'Tél.',
      'Tél. portable',
      'Portable',
      'N° de téléphone',
      'Téléphone (bureau)',
      'Numéro de téléphone',
    ],
    ...['Cellulare', 'Numero di telefono', 'Telefono ufficio', 'Telefono (ab.)', 'Telefone', 'Telemóvel'],
    ...[
      'Telefone comercial',
      'Número de telefone',
      'Телефон',
      'телефон',
      'Мобильный телефон',
      'Номер телефона',
    ],
    ...[
      'Рабочий телефон',
      'Тел.',
      'Мобильный',
      'Telefon komórkowy',
      'Komórka',
      'Numer telefonu',
      'Nr telefonu',
    ],
    ...['Telefon służbowy', 'Telefoonnummer', 'Mobiele telefoon', 'Telefoon thuis', 'Cep Telefonu', 'Tlf.'],
    ...[
      'Telefonní číslo',
      'Puhelin',
      '電話番号',
      '手机号码',
      '전화번호',
      'Τηλέφωνο',
      'رقم الهاتف',
      'Số điện thoại',
    ],
    ...['\ufeffPhone', ' phone ', 'Te\u0301le\u0301phone', 'ＰＨＯＮＥ'],
  ])('%s', (header) => {
    expect(read(header)).toEqual(['phone'])
  })
  test.each([
    ...[
      'Phone 1 - Type',
      'Phone 1 - Label',
      'Phone Extension',
      'Phone Country Code',
      'Business Fax',
      'Fax',
      'Telex',
    ],
    ...[
      'Assistant’s Phone',
      'Telefon Assistent',
      'Pager',
      'Number',
      'CEP',
      'Mobile Provider',
      'Do Not Phone',
      'Fondo',
    ],
    ...['E-mail', 'Company', '', '1', 'x'.repeat(100_000), 'phone'.repeat(1_000)],
  ])('%.40s is none', (header) => {
    expect(read(`${header},Phone`)[0]).not.toBe('phone')
  })
})

test('a list without a phone column is rejected, and the error names its columns', () => {
  const header = [
    'Name',
    ' "E-Mail"\r\n\u200b2 ',
    '',
    ...Array.from({ length: 30 }, (_, n) => `x${n}`),
    'y'.repeat(500),
  ]
  let detail: unknown
  try {
    mapColumns(header)
  } catch (err) {
    detail = err instanceof Refusal && err.detail
  }
  expect(detail).toMatch(
    /^no column is the phone; the columns are “Name”, “"E-Mail" 2”, “x0”, .* and 13 more$/,
  )
  expect(String(detail).length).toBeLessThan(2_000)
})
