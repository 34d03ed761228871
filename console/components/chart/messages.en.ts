export const messages = {
  table: 'The figures as a table',
  noPicture: 'The chart could not be loaded. The table below has its figures.',
}
