export const messages = {
  /** Who takes part in a call, for its agent and for supervisors. */
  by: {
    listen: (name: string) => `${name} listens`,
    whisper: (name: string) => `${name} listens and talks to the agent`,
    join: (name: string) => `${name} has joined`,
  },
  rings: (name: string) => `The phone of ${name} rings to listen`,
  mine: 'My part in this call',
  modes: {
    listen: 'Listen',
    whisper: 'Whisper',
    join: 'Join',
  },
  hints: {
    listen: 'Your voice reaches neither end.',
    whisper: 'The agent alone gets your voice.',
    join: 'Both ends get your voice.',
  },
  pickUp: 'Pick up your phone: it rings to listen.',
  stop: 'Stop listening',
  takeOver: 'Take over …',
  takeOverTitle: 'Take this call over?',
  takeOverAction: 'Take over',
  takeOverText: (agent: string) =>
    `${agent} is disconnected from the call, and your phone talks with the other end. You cannot give the call back this way: transfer it.`,
  takenOver: 'The call is yours now.',
}
