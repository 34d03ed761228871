import type { CallCard, PhoneCommand } from './phone-types.ts'

type Acts = Record<PhoneCommand['command'], (id: string) => Promise<void>>

/** Does what `streams/me` asks for; a command may come before its call, and waits for it until it expires. */
export interface Commands {
  /** Nothing is done for another softphone's call, or after `expires_at`. */
  obey(command: PhoneCommand): Promise<void>
  /** A call has come, or its id has become known. */
  onCall(): void
}

const FITTING: Record<PhoneCommand['command'], readonly CallCard['state'][]> = {
  answer: ['ringing'],
  hold: ['active', 'remote-held'],
  unhold: ['held'],
}

export function createCommands(cards: () => CallCard[], acts: Acts): Commands {
  let waiting: PhoneCommand[] = []
  const isDue = ({ expires_at }: PhoneCommand) => Date.parse(expires_at) > Date.now()
  const cardOf = ({ call_id }: PhoneCommand) => cards().find(({ apiCallId }) => apiCallId === call_id)
  const run = async (command: PhoneCommand, card: CallCard) => {
    // The event of the PBX reports what came of it; a command is not answered.
    if (FITTING[command.command].includes(card.state)) await acts[command.command](card.id).catch(() => {})
  }
  return {
    async obey(command) {
      if (!isDue(command)) return
      const card = cardOf(command)
      if (card !== undefined) return run(command, card)
      waiting = [...waiting.filter(isDue), command]
    },
    onCall() {
      const due = waiting.filter(isDue)
      waiting = due.filter((command) => cardOf(command) === undefined)
      for (const command of due) {
        const card = cardOf(command)
        if (card !== undefined) void run(command, card)
      }
    },
  }
}
