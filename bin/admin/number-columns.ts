import { isComposedOf, matchColumn, sanitizeHeader } from '../../api/core/call-center/leads/column-mapping.ts'
import {
  normalizeHeader,
  PHONE_WORDS,
  phraseList,
  QUALIFIER_WORDS,
  wordSet,
} from '../../api/core/call-center/leads/header-synonyms.ts'

/** A column that holds one number of the person of a row. */
export interface NumberColumn {
  at: number
  header: string
  /** A column `Number` beside one that is a phone's may count customers: only what is clearly a phone number counts. */
  isPhoneColumn: boolean
  /** Its name speaks of phones: what has the digits of a number there, and is none, is named. */
  mentionsPhone: boolean
  /** Where the area code and the country code of its numbers stand, if in cells of their own. */
  area: number | undefined
  country: number | undefined
}

export interface NumberColumns {
  numbers: readonly NumberColumn[]
  /** Columns that are not read. */
  ignored: readonly { at: number; header: string }[]
}

const FAX = wordSet(
  'fax faxes telefax facsimile télécopie télécopieur telefaks faks факс φαξ 传真 傳真 팩스 ファックス',
)
const NUMBER =
  phraseList(`number, numbers, no, nr, num, Nummer, Nummern, número, números, numéro, numero, номер, numer
  subscriber number, contact number, blocked number, do not call, do not call number, dnc, dnc number, Sperrnummer
  gesperrte Nummer, 番号, 号码, 번호`)
const PHONE_PHRASES =
  phraseList(`home number, work number, office number, business number, private number, daytime number
  evening number, Privatnummer, Geschäftsnummer, Büronummer, Dienstnummer, caller id, called number, pager, durchwahl`)
/** Of a person’s further phones, which a lead does not take. */
const ADDITIONAL_PHONE_WORDS = wordSet(
  'car radio assistant assistants s callback isdn pager alternate alternative second secondary third',
)
const AREA = new Set(
  phraseList(`area, area code, NPA, prefix, city code, STD, STD code, dialing prefix, dialling prefix, Vorwahl, Vorwahlnummer
  Ortsvorwahl, Ortskennzahl, Ortsnetz, Ortsnetzkennzahl, Netzvorwahl, indicatif, indicatif régional, prefijo, código de área
  código área, lada, prefisso, DDD, код, код города, код міста, kierunkowy, numer kierunkowy, netnummer, kengetal
  riktnummer, retningsnummer, 市外局番, 区号, 지역번호`),
)
const COUNTRY = new Set(
  phraseList(`country code, country calling code, country dialing code, country prefix, calling code, dial code, dialing code
  dialling code, international code, international prefix, Ländervorwahl, Landesvorwahl, Landvorwahl, Ländercode, Landescode
  Länderkennzahl, Landeskennzahl, internationale Vorwahl, Auslandsvorwahl, indicatif pays, indicatif du pays
  indicatif international, code pays, código de país, código del país, código país, código do país, prefijo internacional
  prefijo país, prefijo de país, prefisso internazionale, prefisso paese, codice paese, DDI, код страны, код країни
  landnummer, landcode, landkod, landekode, kod kraju, ülke kodu, 国番号, 国家代码, 국가번호`),
)

/** With words around that are not known, as `Tel. gesch.`, `Telefon direkt`, `Phone consent`. */
const MENTIONS_PHONE =
  /^tel(?!l)|telefon|phone|mobil|handy|rufnummer|ruckruf|movil|portable|fax|whatsapp|телефон/

type Kind = 'sure' | 'number' | 'area' | 'country' | undefined

function classifyHeader(name: string): Kind {
  if (name === '' || name.length > 64) return undefined
  if (COUNTRY.has(name) || isComposedOf(name, COUNTRY, [PHONE_WORDS])) return 'country'
  if (AREA.has(name) || isComposedOf(name, AREA, [PHONE_WORDS])) return 'area'
  if (matchColumn(name) === 'phone' || PHONE_PHRASES.includes(name)) return 'sure'
  if (
    isComposedOf(name, FAX, [QUALIFIER_WORDS, PHONE_WORDS]) ||
    isComposedOf(name, PHONE_WORDS, [QUALIFIER_WORDS, ADDITIONAL_PHONE_WORDS])
  )
    return 'sure'
  return NUMBER.includes(name) || MENTIONS_PHONE.test(name) ? 'number' : undefined
}

/**
 * Reads a header as the import of leads does, and takes every column with numbers: a person who asks not to be
 * called means all of theirs, also where a fax answers.
 * @returns undefined where no column has numbers
 */
export function findNumberColumns(header: readonly string[]): NumberColumns | undefined {
  const names = header.map(normalizeHeader)
  const kinds = names.map(classifyHeader)
  const hasPhone = names.some(
    (name, at) => kinds[at] === 'sure' && !isComposedOf(name, FAX, [QUALIFIER_WORDS, PHONE_WORDS]),
  )
  /** The one before it, else the first of all. */
  const nearestColumn = (at: number, kind: Kind) => {
    const before = kinds.lastIndexOf(kind, at)
    const found = before === -1 ? kinds.indexOf(kind) : before
    return found === -1 ? undefined : found
  }
  const numbers = kinds.flatMap((kind, at): NumberColumn[] => {
    if (kind !== 'sure' && kind !== 'number') return []
    const isPhoneColumn = kind === 'sure' || (!hasPhone && NUMBER.includes(names[at] ?? ''))
    const mentionsPhone = isPhoneColumn || MENTIONS_PHONE.test(names[at] ?? '')
    const name = sanitizeHeader(header[at] ?? '')
    return [
      {
        at,
        header: name,
        isPhoneColumn,
        mentionsPhone,
        area: nearestColumn(at, 'area'),
        country: nearestColumn(at, 'country'),
      },
    ]
  })
  if (numbers.length === 0) return undefined
  const ignored = kinds.flatMap((kind, at) =>
    kind === undefined ? [{ at, header: sanitizeHeader(header[at] ?? '') }] : [],
  )
  return { numbers, ignored }
}
