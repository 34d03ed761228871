/** Emergency numbers of all countries: GSM networks accept these two everywhere. */
const EVERYWHERE = ['112', '911']

/** The other emergency numbers of each country (ITU-T E.161.1, national numbering plans). */
const NATIONAL: Readonly<Record<string, readonly string[]>> = {
  AE: ['999', '998', '997'],
  AT: ['122', '133', '144'],
  AU: ['000', '106'],
  BE: ['100', '101'],
  BR: ['190', '192', '193'],
  BY: ['101', '102', '103', '104'],
  CH: ['117', '118', '144'],
  CN: ['110', '119', '120'],
  CY: ['199'],
  CZ: ['150', '155', '158'],
  DE: ['110'],
  ES: ['091', '061', '080'],
  FR: ['15', '17', '18', '114'],
  GB: ['999'],
  GR: ['100', '166', '199'],
  HK: ['999'],
  HR: ['192', '193', '194'],
  HU: ['104', '105', '107'],
  IE: ['999'],
  IL: ['100', '101', '102'],
  IN: ['100', '101', '102', '108'],
  IT: ['113', '115', '118'],
  JP: ['110', '119'],
  KR: ['119'],
  KZ: ['101', '102', '103', '104'],
  LU: ['113'],
  LV: ['110', '113'],
  MX: ['066'],
  NO: ['110', '113'],
  NZ: ['111'],
  PL: ['997', '998', '999'],
  RU: ['101', '102', '103', '104'],
  SG: ['995', '999'],
  SI: ['113'],
  SK: ['150', '155', '158'],
  TR: ['110', '155'],
  UA: ['101', '102', '103', '104'],
  ZA: ['10111', '10177'],
}
/** Where no country is set. */
const WITHOUT_COUNTRY = ['110', '999', '000']

export const emergencyNumbers = (country: string | undefined): readonly string[] => [
  ...EVERYWHERE,
  ...(country === undefined ? WITHOUT_COUNTRY : (NATIONAL[country] ?? [])),
]
