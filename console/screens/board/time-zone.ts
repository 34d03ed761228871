/** The browser's time zone, for the days of figures; undefined if the API takes none of that form. */
export function browserTimeZone(): string | undefined {
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone
  return name === 'UTC' || (name.includes('/') && !name.startsWith('Etc/')) ? name : undefined
}
