export const messages = {
  title: 'Edit the lead',
  saved: (name: string) => `${name} was saved.`,
  mergeTitle: 'Another user has changed this lead',
  mergeHint: 'You both changed the same. Choose what is stored; all other changes of both of you stay.',
  mine: (value: string) => `Mine: ${value}`,
  theirs: (value: string) => `Theirs: ${value}`,
}
