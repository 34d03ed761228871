export const messages = {
  what: 'Extensions that the telephone system does not have as they should be.',
  list: 'Extensions that are not finished',
  empty: 'Each extension is as it should be.',
  emptyFiltered: 'No extension is in this state.',
  states: { waiting: 'Waiting', failing: 'Failing', stuck: 'Stuck', external: 'Made elsewhere' },
  means: {
    waiting: 'The first attempt comes in a moment.',
    failing: 'An attempt failed. It is tried again by itself.',
    stuck: 'No running API tries it. Check that an API with a provisioner runs.',
    external: 'The telephone system has this extension already, not from here. Remove it there, or leave it.',
  },
  actions: { create: 'Create', remove: 'Remove', none: 'Nothing' },
  fields: {
    action: 'To do',
    person: 'Person',
    attempts: 'Attempts',
    since: 'Since',
    next: 'Next attempt',
    error: 'Last error',
  },
  retry: 'Try again',
  retried: (extension: string) => `Extension ${extension} is tried again within seconds.`,
  retryAll: 'Try all again',
  progress: (done: number, all: number) => `${done} of ${all} handed over`,
  allRetried: (done: number, failed: number) =>
    failed === 0
      ? `All ${done} are tried again within seconds.`
      : `${done} are tried again within seconds; ${failed} were refused.`,
}
