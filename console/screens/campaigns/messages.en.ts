import { plural } from '../../i18n/plural.ts'

/** What a reason is about, in words. */
export interface ReasonValues {
  until: string
  limit: string
  trunk: string
  timeZone: string
  /** In which `until` is written. */
  viewerZone: string
  callerId: string
}

export const messages = {
  onlyOverseers: 'Campaigns are for supervisors and administrators.',
  count: (count: number) => plural('en', count, { one: '# campaign', other: '# campaigns' }),
  add: 'New campaign',
  empty: 'There is no campaign.',
  emptyHint: 'A campaign calls its leads one by one, and connects each to a free agent.',
  back: 'All campaigns',
  columns: { name: 'Name', status: 'State', progress: 'Progress', reached: 'Reached', agents: 'Agents' },
  statuses: { draft: 'Draft', active: 'Running', paused: 'Paused', completed: 'Completed' },
  automatic: 'dials by itself',
  byHand: 'agents dial by hand',
  edit: 'Edit',
  progress: {
    title: 'Progress',
    ofLeads: (done: string, total: string) => `${done} of ${total} leads done`,
    none: 'no leads',
    waiting: 'Waiting',
    dialing: 'In a call',
    done: 'Done',
    attempts: 'Attempts',
    reached: 'Reached',
    free: 'Free agents',
    next: 'Next call',
  },
  why: {
    dials: 'The campaign dials.',
    busy: (calls: number) =>
      plural('en', calls, {
        one: 'The campaign dials: # call is under way. No other call begins now, because:',
        other: 'The campaign dials: # calls are under way. No other call begins now, because:',
      }),
    title: 'The campaign does not dial, because:',
    elsewhere: 'Another server of this installation dials.',
    note: 'Last note of the server:',
    noteKinds: {
      denial: 'Before that, the rules of the server did not allow the number of a lead.',
      outage:
        'Before that, several calls in a row failed before a phone outside rang: the line or the telephone system has a fault.',
    },
    lead: (id: string) => `Lead ${id}`,
    agents: 'Agents of the campaign',
  },
  reasons: {
    not_started: () => 'It has not been started.',
    paused: () => 'It is paused.',
    completed: () => 'All its leads are done.',
    stopped: () => 'It was stopped for good.',
    automation_off: () => 'Automatic dialing is off.',
    preview_mode: () => 'Its agents dial by hand.',
    pbx_away: () => 'The telephone system does not answer.',
    no_dialer: () => 'No server of this installation dials now.',
    resting_after_failure: ({ until }: ReasonValues) =>
      `The telephone system did not take the last call. The next try is at ${until}.`,
    no_lead_waiting: () => 'No lead is waiting.',
    hours_never_open: () => 'Its calling hours never open.',
    time_zone_invalid: ({ timeZone }: ReasonValues) => `Its time zone ${timeZone} is not accepted.`,
    outside_hours: ({ until, viewerZone }: ReasonValues) =>
      `It is outside of the calling hours until ${until} in your time zone, ${viewerZone}.`,
    no_lead_due: ({ until }: ReasonValues) => `No lead is due until ${until}.`,
    trunk_unknown: ({ trunk }: ReasonValues) => `The server knows no trunk ${trunk}.`,
    trunk_full: ({ trunk }: ReasonValues) => `All lines of the trunk ${trunk} are in use.`,
    limit_reached: ({ limit }: ReasonValues) => `As many calls as allowed are under way: ${limit}.`,
    no_agents: () => 'It has no agents.',
    no_agent_free: () => 'No agent is free.',
    caller_id_not_allowed: ({ callerId }: ReasonValues) =>
      `The free agents may not show the caller ID ${callerId}.`,
    leads_reserved: () => 'The leads that are due belong to agents who are not free.',
  },
  remedies: {
    not_started: 'Start it.',
    paused: 'If a failure is noted, remove its cause. Then start it again.',
    completed: 'Add leads, then start it again.',
    stopped: 'Make a new campaign with these leads.',
    automation_off: 'Turn automatic dialing on, or let the agents dial by hand.',
    preview_mode: 'For automatic dialing, choose it in the settings of the campaign.',
    pbx_away: 'It is tried again by itself. The screen “System” shows more.',
    no_dialer: 'Wait a few seconds. If it stays, an administrator should check Redis.',
    resting_after_failure: 'It is tried again by itself.',
    no_lead_waiting: 'Add leads to it, or wait for the next try of those it has.',
    hours_never_open: 'Open hours in the settings of the campaign.',
    time_zone_invalid: 'Choose a place, such as Europe/Berlin, in the settings of the campaign.',
    outside_hours: 'It goes on by itself. The hours stand in the settings of the campaign.',
    no_lead_due: 'It goes on by itself. The delays stand in the settings of the campaign.',
    trunk_unknown: 'Choose another trunk, or ask an administrator to add it to HOOKSWITCH_TRUNKS.',
    trunk_full: 'It goes on when a line is free.',
    limit_reached: 'It goes on when a call ends. The limit stands in the settings of the campaign.',
    no_agents: 'Choose agents in the settings of the campaign.',
    no_agent_free: 'What each agent needs stands below.',
    caller_id_not_allowed:
      'Choose another caller ID, or ask an administrator to allow it in the dial policy.',
    leads_reserved: 'Assign the leads to other agents, or wait until theirs are free.',
  },
  agentStates: {
    free: () => 'free',
    not_ready: (status: string) => `is not ready (${status}): has to choose Ready at the desk`,
    away: () => 'is away by their own status: has to choose Available',
    resting: (until: string) => `wraps up, or did not pick up, until ${until}`,
    disabled: () => 'has a disabled account',
    no_phone: () => 'has no extension: an administrator assigns one',
    phone_unreachable: () => 'has no phone that is registered, or has do not disturb on',
    in_call: () => 'is in a call',
  },
  agentStatuses: { offline: 'off duty', ready: 'ready', after_call: 'wrap-up', break: 'break' },
  acts: {
    start: 'Start',
    pause: 'Pause',
    stop: 'Stop for good',
    automationOn: 'Turn automatic dialing on',
    automationOff: 'Turn automatic dialing off',
  },
  confirms: {
    start: (leads: number, isAutomatic: boolean) =>
      isAutomatic
        ? plural('en', leads, {
            one: '# lead is waiting. The campaign begins to call at once, within its hours: the phone of a free agent rings first.',
            other:
              '# leads are waiting. The campaign begins to call at once, within its hours: the phone of a free agent rings first.',
          })
        : 'The campaign runs, and its agents may dial by hand. It calls by itself only when automatic dialing is on.',
    pause: 'No further lead is called until the campaign is started again. Calls that are under way go on.',
    stop: 'No further lead is called, and this campaign can never be started again. Calls that are under way go on.',
    automationOn: (leads: number) =>
      plural('en', leads, {
        one: '# lead is waiting. The campaign calls it within its hours: the phone of a free agent rings first.',
        other:
          '# leads are waiting. The campaign calls them within its hours, one for each free agent: the agent’s phone rings first.',
      }),
    automationOff:
      'The campaign begins no further call. Its agents may dial by hand. Calls that are under way go on.',
  },
  outcomes: {
    title: 'Calls by outcome',
    by: 'Show by',
    hour: 'Hour',
    day: 'Day',
    onDay: 'On',
    lastDays: 'Of the last',
    days: (days: number) => plural('en', days, { one: '# day', other: '# days' }),
    none: 'There were no calls.',
    zone: (zone: string) => `Times of ${zone}`,
    groups: {
      answered: 'Answered',
      noAnswer: 'No answer',
      busy: 'Busy',
      declined: 'Declined or canceled',
      failed: 'Failed',
      ownPhone: 'Agent’s phone not picked up',
    },
  },
  form: {
    newTitle: 'New campaign',
    editTitle: (name: string) => `Edit ${name}`,
    save: 'Save',
    create: 'Create',
    about: 'About the campaign',
    saved: 'Saved.',
    wholeNumber: 'This has to be a whole number.',
    hoursGroup: 'Calling hours',
    hoursHint: 'In the place of the lead, and of the campaign for leads without a time zone.',
    gridHint:
      'Draw over hours and days with the mouse, or with Shift and the arrow keys. Click a cell, or press the space bar, to open or close its day.',
    cell: (day: string, hour: string, isOpen: boolean) => `${day} ${hour}, ${isOpen ? 'open' : 'closed'}`,
    from: 'From',
    until: 'Until',
    untilHint: 'Midnight here is the end of the day.',
    weekdays: 'Days',
    dialing: 'Dialing',
    agents: 'Agents',
    newAgents: 'People who are no agents yet',
    newAgentsHint:
      'These people have a phone and are no agents yet. Whom you choose becomes an agent of the call center when you save, in the team of this campaign.',
    moreAgents: 'A person without an account or a phone gets both in',
    askForAgents:
      'The agents of your team are listed. An administrator adds other people to the team, in Administration.',
    administration: 'Administration',
    noAgents: 'There are no agents with a phone that you may choose.',
    modes: { PROGRESSIVE: 'Automatic: one lead for each free agent', PREVIEW: 'Agents dial by hand' },
    fields: {
      name: 'Name',
      description: 'Description',
      team: 'Team',
      dialerMode: 'Dialing',
      callerId: 'Caller ID',
      startMinute: 'Calling hours: from',
      endMinute: 'Calling hours: until',
      weekdays: 'Calling hours: days',
      timeZone: 'Time zone',
      maxAttempts: 'Attempts for each lead',
      retryDelayMinutes: 'Minutes until the next attempt',
      busyMinutes: 'Minutes after “busy”',
      noAnswerMinutes: 'Minutes after “no answer”',
      maxConcurrentCalls: 'Calls at the same time',
      trunk: 'Trunk',
      wrapUpSeconds: 'Seconds of wrap-up',
      agentIds: 'Agents',
    },
    hints: {
      team: 'Empty: no team.',
      callerId: 'Empty: the agent’s extension.',
      timeZone: 'A place, such as Europe/Berlin. Empty: that of the server.',
      delay: 'Empty: as above.',
      trunk: 'As the server names it. Empty: no limit of its own.',
      wrapUp: 'After an answered call its agent gets no other for so long.',
    },
    stale: (fields: string) =>
      `Another person has changed this campaign meanwhile: ${fields}. Your input is still here, and not saved.`,
    staleSame: 'Another person has changed this campaign meanwhile. Your input is still here, and not saved.',
    saveMine: 'Save my changes over it',
    showTheirs: 'Drop my changes, show theirs',
  },
}
