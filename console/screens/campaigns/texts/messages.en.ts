import { defaultResults, leadStatuses } from '../../../components/call-center/texts.en.ts'

export const messages = {
  script: {
    title: 'Script',
    text: 'What agents read to a lead',
    save: 'Save the script',
    saved: 'The script is saved.',
    stale: 'Another person has changed it meanwhile. Your text is still here, and not saved.',
  },
  dispositions: {
    title: 'Results of a call',
    isDefault: 'These are the usual results. Save to have own ones.',
    key: 'Key',
    name: 'Name',
    effect: 'What happens',
    leadStatus: 'Status of the lead',
    unchanged: 'stays',
    add: 'Add a result',
    remove: (name: string) => `Remove ${name}`,
    save: 'Save the results',
    saved: 'The results are saved.',
    stale: 'Another person has changed them meanwhile. Your input is still here, and not saved.',
    effects: {
      done: 'Call the lead no more',
      retry: 'Try again later',
      callback: 'Call back at an agreed time',
      do_not_call: 'Put on the do-not-call list',
    },
    leadStatuses,
    defaultResults,
  },
}
