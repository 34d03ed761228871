import { describe, expect, test } from 'vitest'
import { type LeadColumn, mapColumns } from '../../../../../api/core/call-center/leads/column-mapping.ts'

describe('columns of lists from other programs', () => {
  test.each<[string, string, { [column in LeadColumn]?: string[] }]>([
    [
      'Google Contacts',
      'First Name,Middle Name,Last Name,Phonetic First Name,Name Prefix,Nickname,File As,Organization Name,' +
        'Organization Title,Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,' +
        'E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value',
      {
        firstName: ['First Name'],
        lastName: ['Last Name'],
        company: ['Organization Name'],
        title: ['Organization Title'],
        notes: ['Notes'],
        email: ['E-mail 1 - Value', 'E-mail 2 - Value'],
        phone: ['Phone 1 - Value', 'Phone 2 - Value'],
      },
    ],
    [
      'Google Contacts of before',
      'Name,Given Name,Additional Name,Family Name,Yomi Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value,' +
        'Phone 1 - Type,Phone 1 - Value,Organization 1 - Type,Organization 1 - Name,Organization 1 - Title',
      {
        name: ['Name'],
        firstName: ['Given Name'],
        lastName: ['Family Name'],
        email: ['E-mail 1 - Value'],
        phone: ['Phone 1 - Value'],
        company: ['Organization 1 - Name'],
        title: ['Organization 1 - Title'],
      },
    ],
    [
      'Outlook',
      'Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Street,Business Fax,' +
        'Business Phone,Business Phone 2,Callback,Car Phone,Company Main Phone,Home Fax,Home Phone,Mobile Phone,' +
        'Other Phone,Pager,Primary Phone,E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address,Notes',
      {
        firstName: ['First Name'],
        lastName: ['Last Name'],
        company: ['Company'],
        title: ['Job Title'],
        phone: [
          ...['Business Phone', 'Business Phone 2', 'Company Main Phone', 'Home Phone', 'Mobile Phone'],
          ...['Other Phone', 'Primary Phone'],
        ],
        email: ['E-mail Address', 'E-mail 2 Address'],
        notes: ['Notes'],
      },
    ],
    [
      'Outlook in German',
      'Anrede,Vorname,Nachname,Firma,Position,Telefon geschäftlich,Telefon privat,Mobiltelefon,Fax privat,E-Mail-Adresse,Notizen',
      {
        firstName: ['Vorname'],
        lastName: ['Nachname'],
        company: ['Firma'],
        title: ['Position'],
        phone: ['Telefon geschäftlich', 'Telefon privat', 'Mobiltelefon'],
        email: ['E-Mail-Adresse'],
        notes: ['Notizen'],
      },
    ],
    [
      'a German list',
      'Name,Vorname,Telefon',
      { lastName: ['Name'], firstName: ['Vorname'], phone: ['Telefon'] },
    ],
    [
      'a French list',
      'Nom,Prénom,Mobile,Courriel,Société',
      {
        ...{
          lastName: ['Nom'],
          firstName: ['Prénom'],
          phone: ['Mobile'],
          email: ['Courriel'],
          company: ['Société'],
        },
      },
    ],
    [
      'a Spanish list',
      'Nombre,Apellidos,Móvil,Correo electrónico,Empresa',
      {
        ...{ firstName: ['Nombre'], lastName: ['Apellidos'], phone: ['Móvil'] },
        ...{ email: ['Correo electrónico'], company: ['Empresa'] },
      },
    ],
    [
      'an Italian list',
      'Cognome,Nome,Cellulare,Azienda',
      {
        ...{ lastName: ['Cognome'], firstName: ['Nome'], phone: ['Cellulare'], company: ['Azienda'] },
      },
    ],
    [
      'a Portuguese list',
      'Nome,Telemóvel,Endereço de e-mail,Observações',
      {
        ...{ name: ['Nome'], phone: ['Telemóvel'], email: ['Endereço de e-mail'], notes: ['Observações'] },
      },
    ],
    [
      'a Russian list',
      'Фамилия,Имя,Отчество,Телефон,Эл. почта,Компания,Часовой пояс',
      {
        ...{ lastName: ['Фамилия'], firstName: ['Имя'], phone: ['Телефон'], email: ['Эл. почта'] },
        ...{ company: ['Компания'], timeZone: ['Часовой пояс'] },
      },
    ],
    ['a list whose only name column is the full name', 'Имя,Телефон', { name: ['Имя'], phone: ['Телефон'] }],
    [
      'a Polish list',
      'Imię i nazwisko,Telefon komórkowy,Uwagi',
      {
        ...{ name: ['Imię i nazwisko'], phone: ['Telefon komórkowy'], notes: ['Uwagi'] },
      },
    ],
    [
      'an export of Hookswitch',
      'id,first name,last name,phone,email,company,title,status,notes,time zone,campaign id,agent id,team',
      {
        ...{ firstName: ['first name'], lastName: ['last name'], phone: ['phone'], email: ['email'] },
        ...{ company: ['company'], title: ['title'], status: ['status'], notes: ['notes'] },
        ...{ timeZone: ['time zone'], campaignId: ['campaign id'], agentId: ['agent id'] },
      },
    ],
    ['two phones', 'Name,Phone,Mobile', { name: ['Name'], phone: ['Phone', 'Mobile'] }],
    ['a contact', 'Contact,Phone', { name: ['Contact'], phone: ['Phone'] }],
  ])('%s', (_, header, expected) => {
    const found: { [column in LeadColumn]?: string[] } = {}
    for (const { header: name, column } of mapColumns(header.split(','))) {
      if (column !== null) found[column] = [...(found[column] ?? []), name]
    }
    expect(found).toEqual(expected)
  })
})
