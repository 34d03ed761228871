import type { Wire } from '../../api/client.ts'

type State = Wire<'Board'>['agents'][number]['state']
type Measure = Wire<'BoardMeasure'>

export const messages = {
  states: {
    in_call: 'In a call',
    ringing: 'Ringing',
    ready: 'Ready',
    after_call: 'After a call',
    break: 'Break',
    unreachable: 'No phone',
    offline: 'Offline',
  } satisfies Record<State, string> as Record<State, string>,
  measures: {
    agents_ready: 'Agents ready',
    calls_waiting: 'Calls waiting',
    longest_wait: 'Longest wait',
    longest_break: 'Longest break',
    answer_rate: 'Answered today',
  } satisfies Record<Measure['name'], string> as Record<Measure['name'], string>,
  levels: { warning: 'Warning', critical: 'Critical' },
  pbxAway: 'The telephone system does not answer: no calls can be shown.',
  noAgents: 'No agents here yet.',
}
