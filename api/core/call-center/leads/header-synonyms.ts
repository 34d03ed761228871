/**
 * Column headers of people, address books and spreadsheets. `normalizeHeader` is applied before they are compared, so
 * case, accents, spaces, digits and punctuation do not count: `E-Mail 1 - Value` is `emailvalue`.
 */

/** @returns lower-case letters without accents; all other characters are removed */
export const normalizeHeader = (header: string): string =>
  header
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[łøđıßæœ]/g, (char) => TO_ASCII[char] ?? char)
    .replace(/[^\p{L}]/gu, '')
const TO_ASCII: Readonly<Record<string, string>> = {
  ...{ ł: 'l', ø: 'o', đ: 'd', ı: 'i', ß: 'ss', æ: 'ae', œ: 'oe' },
}

export const wordSet = (...texts: readonly string[]): ReadonlySet<string> =>
  new Set(texts.flatMap((text) => text.split(/\s+/)).map(normalizeHeader))
/** Phrases of several words, separated by commas or line ends. */
export const phraseList = (text: string): readonly string[] =>
  text.split(/[\n,]/).map(normalizeHeader).filter(Boolean)

/** A header with one of these and otherwise only qualifiers is a phone column. */
export const PHONE_WORDS = wordSet(
  'phone phones telephone telephones phonenumber tel ph mobile mobilephone cell cellphone cellular landline msisdn',
  'gsm mob whatsapp telefon telefonnummer rufnummer mobil mobiltelefon mobilfunk handy festnetz fon haupttelefon',
  'diensttelefon teléfono teléfonos telefónico móvil celular fijo fono telf tfno',
  'téléphone portable fixe telefoni cellulare telefonino fisso telefone telefones telemóvel fone fixo',
  'телефон телефоны телефона телефону телефонный тел мобильный мобильник сотовый мобільний моб',
  'telefonu telefonní telefónne komórka komórkowy telefoon mobiel mobiele tlf tlfn hemtelefon telefonu telefonszám',
  'puhelin matkapuhelin puhelinnumero τηλέφωνο κινητό טלפון נייד هاتف الهاتف جوال الجوال موبايل फ़ोन मोबाइल thoại',
  '電話 携帯 携帯電話 电话 手机 手機 移动电话 전화 휴대폰 휴대전화 핸드폰',
)

/** A header with one of these and otherwise only qualifiers or address words is an e-mail column. */
export const EMAIL_WORDS = wordSet(
  'email emails mail courriel mél messagerie adresseélectronique correo correio postaelettronica epost sähköposti',
  'eposta pocztyelektronicznej почта почты имейл пошта メール 邮箱 邮件 電郵 이메일',
)
export const ADDRESS_WORDS = wordSet(
  'address addresses adresse adress adresa dirección indirizzo endereço adres adresi electrónico electrónica',
  'électronique elettronica elettronico eletrónico eletrônico эл электронная электронной адрес адреса アドレス 地址 주소',
)

/** Words that distinguish several phones or addresses of one lead. The import uses the first that is filled. */
export const QUALIFIER_WORDS = wordSet(
  'number numbers no nr num n e value home house work business office company main primary private personal other',
  'direct contact customer client lead person day daytime evening preferred default best billing shipping required',
  'nummer geschäftlich geschäftl geschaeftlich privat dienstlich arbeit büro buero firma haupt zentrale weitere',
  'weiteres durchwahl kontakt kunde wert número de del la el casa trabajo particular oficina principal comercial',
  'residencial contacto contato cliente valor laboral otro organización compañía trabalho dotrabalho daresidência',
  'outro numéro bureau domicile professionnel professionnelle pro personnel personnelle société autre',
  'numero di ufficio uff lavoro abitazione ab principale azienda contatto altro',
  'номер рабочий домашний контактный основной личный городской переносной другой организации контакта клиента',
  'рабочая личная мобильного numer kom telefoniczny telefoniczna służbowy domowy stacjonarny praca dom główny',
  'kontaktowy inny podstawowy werk thuis zakelijk vast op arbete arbejde hem hjem bostad cep iş ev numarası číslo',
  'domů práce număr numărul szám αριθμός số điện',
  '番号 号码 号碼 号 自宅 会社 勤務先 联系 聯絡 번호 집 회사 رقم מספר',
)

const EXACT = {
  name: phraseList(`name, full name, contact name, display name, contact person, your name
    Vollständiger Name, Ansprechpartner, Vor- und Nachname, Vorname Nachname, Nachname Vorname, Vorname und Nachname
    nombre, nombre completo, nombre y apellidos, nombre y apellido, nombres
    nom, nom complet, nom et prénom, prénom et nom, nom prénom
    nome, nome completo, nome e cognome, cognome e nome, nominativo, nome e sobrenome
    ФИО, имя, полное имя, Ф.И.О., имя и фамилия, фамилия имя, фамилия имя отчество, ім'я, піб
    imię i nazwisko, nazwisko i imię, nazwa, naam, volledige naam, namn, navn, nimi, ad soyad, adı soyadı, isim, név
    jméno a příjmení, celé jméno, nume, nume complet, nume și prenume, όνομα, ονοματεπώνυμο, 名前, 氏名, お名前, 姓名, 名字
    이름, 성명, اسم, الاسم, שם, họ tên, họ và tên, नाम`),
  firstName: phraseList(`first name, first, given name, forename, christian name
    Vorname, Rufname, primer nombre, nombre de pila, prénom, primo nome, primeiro nome
    imię, imiona, voornaam, roepnaam, förnamn, fornavn, etunimi, jméno, křestní jméno, meno, keresztnév, prenume, 名`),
  lastName: phraseList(`last name, last, surname, family name
    Nachname, Familienname, Zuname, apellido, apellidos, primer apellido, nom de famille, cognome
    sobrenome, apelido, último nome, фамилия, прізвище, nazwisko, achternaam, efternamn, efternavn, etternavn, sukunimi
    soyad, soyadı, soyisim, příjmení, priezvisko, vezetéknév, nume de familie, επώνυμο, 姓`),
  company: phraseList(`company, company name, organization, organisation, organization name, organisation name
    account name, business name, employer, firm, Firma, Firmenname, Unternehmen, Organisation, Betrieb
    empresa, nombre de la empresa, compañía, organización, razón social, société, entreprise, raison sociale
    azienda, società, ditta, ragione sociale, nome da empresa, organização, razão social
    компания, организация, фирма, название компании, компанія, організація, przedsiębiorstwo, nazwa firmy, organizacja
    bedrijf, bedrijfsnaam, organisatie, företag, firmanavn, virksomhed, yritys, şirket, şirket adı, společnost, cég
    会社, 会社名, 公司, 公司名称, 회사, 회사명`),
  title: phraseList(`job title, position, role, organization title, organisation title, job
    Position, Berufsbezeichnung, Stellenbezeichnung, Funktion, cargo, puesto, fonction, poste, intitulé du poste
    qualifica, ruolo, mansione, função, должность, посада, stanowisko, functie, befattning, stilling, unvan, 役職, 职位`),
  status: phraseList('status'),
  notes:
    phraseList(`notes, note, comments, comment, remarks, remark, description, Notizen, Notiz, Bemerkung, Bemerkungen
    Kommentar, Anmerkung, Anmerkungen, notas, nota, comentarios, comentario, observaciones, commentaire, commentaires
    remarques, commenti, osservazioni, observações, comentários, заметки, заметка, примечание, примечания, комментарий
    комментарии, нотатки, примітки, notatki, notatka, uwagi, komentarz, opmerkingen, opmerking, notities, anteckningar
    noter, notater, notlar, poznámka, poznámky, megjegyzés, 備考, メモ, 备注, 메모, 비고`),
  timeZone:
    phraseList(`time zone, Zeitzone, zona horaria, huso horario, fuseau horaire, fuso orario, fuso horário
    часовой пояс, часовий пояс, strefa czasowa, tijdzone, tidszon, tidszone, saat dilimi, časové pásmo, タイムゾーン, 时区`),
  campaignId: phraseList('campaign, campaign id'),
  agentId: phraseList('agent, agent id, assigned agent id'),
} as const

/** Used only if no other column fills the member: `Title` in Outlook means Mr or Mrs. */
const FALLBACK = {
  name: phraseList(`contact, customer, customer name, client, client name, lead, lead name, Kontakt, Kunde, Kundenname
    cliente, contacto, contato, contatto, contact, клиент, контакт, klient, kontakt, klant, kund, file as, nickname`),
  title: phraseList('title, Titel, título, titre, titolo'),
} as const

const columnBySynonym = <T extends string>(lists: Readonly<Record<T, readonly string[]>>) =>
  new Map(
    (Object.entries(lists) as [T, readonly string[]][]) // of exactly these members
      .flatMap(([column, names]) => names.map((name): [string, T] => [name, column])),
  )
export const COLUMN_SYNONYMS = columnBySynonym(EXACT)
export const FALLBACK_SYNONYMS = columnBySynonym(FALLBACK)
