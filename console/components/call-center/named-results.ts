/** The usual results with their names in the user’s language; the API has them in English. */
export const namedResults = <Result extends { key: string; name: string }>(
  results: readonly Result[],
  names: Readonly<Record<string, string>>,
): Result[] => results.map((one) => ({ ...one, name: names[one.key] ?? one.name }))
