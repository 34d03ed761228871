/**
 * Messages that opt out: the words of the FCC (47 CFR §64.1200(a)(10): stop, quit, end, revoke, opt out, cancel,
 * unsubscribe), those of carriers, and their equivalents in other languages. Without spaces and accents.
 */
const OPT_OUT_KEYWORDS: ReadonlySet<string> = new Set(
  [
    'stop end quit cancel revoke optout unsubscribe stopall cancelall endall quitall unsubscribeall optoutall',
    'stopcall stopcalls stopcalling stopcallingme stoptext stoptexts stoptexting stoptextingme stopmessages',
    'stopmessaging stopmessagingme stopsms donotcall donotcallme dontcall dontcallme donottext donottextme',
    'donttext donttextme removeme optmeout unsubscribeme',
    'stopp halt abmelden abbestellen keineanrufe', // German
    'arret arreter arretez desabonner desinscrire desinscription', // French
    'baja alto parar pare cancelar detener nollamar', // Spanish, Portuguese
    'sair remover', // Portuguese
    'fermati basta annulla cancella cancellami disiscrivi', // Italian
    'afmelden uitschrijven', // Dutch
    'avsluta avregistrera avslutt avmeld afmeld stands lopeta peruuta', // the Nordic countries
    'stopuj rezygnuje zakoncz', // Polish
    'dur iptal ret', // Turkish
    'стоп отписка отписаться отпишите отмена хватит видписка видписатися',
    'הסר הפסק עצור توقف ايقاف الغاء',
    '停止 配信停止 ストップ 退订 退訂 取消 取消订阅 중지 수신거부',
  ]
    .join(' ')
    .split(' ')
    .map(normalizeWord),
)

/** Words of politeness. They do not change what a message asks for. */
const COURTESY_WORDS = [
  'ok okay please pls plz thanks thank you thankyou thx ty now immediately sir madam hi hello sorry no',
  'bitte danke sofort merci svp sil vous plait sofort gracias por favor obrigado obrigada grazie per favore',
  'alstublieft aub dank u dank je tack takk tak kiitos dziekuje prosze tesekkurler lutfen',
  'спасибо пожалуйста дякую',
]
  .join(' ')
  .split(' ')
  .map(normalizeWord)

/** In characters. A longer message is a sentence. */
const MAX_TEXT_LENGTH = 80

/**
 * The keyword of a message that asks for no more calls: the keyword alone, in any case, with any punctuation, quotes,
 * emoji or spaces, once or repeated, with or without words of politeness. A sentence that contains a keyword does not
 * opt out: "What time does it end?", "Please cancel my order".
 * @returns the keyword in capitals; undefined if the message does not opt out
 */
export function findOptOutKeyword(text: string): string | undefined {
  if (text.length > MAX_TEXT_LENGTH) return undefined
  const allWords = text
    .replace(/['’`]/g, '')
    .split(/[\p{Z}\s\p{P}\p{S}]+/u)
    .map((word) => normalizeWord(word.replace(/\p{Cf}/gu, '')))
    .filter((word) => word !== '')
  const meaningful = allWords.filter((word) => !COURTESY_WORDS.includes(word))
  for (const candidates of [meaningful, allWords]) {
    const found = repeatedKeyword(candidates)
    if (found !== undefined) return found.toUpperCase()
  }
  return undefined
}

/** A keyword may consist of several words, as in "opt out", and may be repeated. */
function repeatedKeyword(words: readonly string[]): string | undefined {
  for (let length = 1; length <= words.length; length += 1) {
    if (words.length % length !== 0) continue
    const one = words.slice(0, length).join('')
    if (OPT_OUT_KEYWORDS.has(one) && words.every((word, at) => word === words[at % length])) return one
  }
  return undefined
}

/** For comparison: without case and accents, full-width letters as plain ones. */
function normalizeWord(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ı', 'i')
}
