export const LINE_STATES = ['not_configured', 'registered', 'connecting', 'failed'] as const
export type LineState = (typeof LINE_STATES)[number]

/** How the way to the PBX is. It is tried for ever, so `failed` only says that it has not worked for a while. */
export interface Line {
  state(): LineState
  /** Looks. Call it every second or so. */
  look(): void
}

const FAILED_AFTER_MS = 10_000

export function createLine(needs: {
  hasPbx: boolean
  isOnline: () => boolean
  monotonic: () => number
}): Line {
  const { hasPbx, isOnline, monotonic } = needs
  let onlineAt = monotonic()
  const look = () => {
    if (isOnline()) onlineAt = monotonic()
  }
  return {
    look,
    state() {
      if (!hasPbx) return 'not_configured'
      look()
      if (isOnline()) return 'registered'
      return monotonic() - onlineAt < FAILED_AFTER_MS ? 'connecting' : 'failed'
    },
  }
}
