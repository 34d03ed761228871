import { expect, test } from 'vitest'
import {
  type OutcomeInput,
  outcomeOf,
  type ParticipationEnd,
} from '../../../../api/core/calls/call-outcome.ts'

const end = (changes: Partial<ParticipationEnd> = {}): ParticipationEnd => ({
  wasUp: false,
  dialEnd: undefined,
  cause: 16,
  movedToAnotherCall: false,
  ...changes,
})
const up = end({ wasUp: true })

/** An unanswered call from one phone to another: each case lists its differences. */
const outcome = (facts: Partial<OutcomeInput>) =>
  outcomeOf({
    answered: false,
    ringsCallerFirst: false,
    originate: undefined,
    caller: end(),
    callees: [end({ dialEnd: 'no_answer' })],
    ...facts,
  })
const far = (...callees: Partial<ParticipationEnd>[]) => outcome({ callees: callees.map(end) })
const own = (caller: Partial<ParticipationEnd>, reason?: number) =>
  outcome({
    ringsCallerFirst: true,
    caller: end(caller),
    callees: [],
    originate: reason === undefined ? undefined : { answered: false, reason },
  })

test.each([
  ['no phone answers', far({ dialEnd: 'no_answer' }), 'no_answer'],
  ['the line is busy', far({ dialEnd: 'busy', cause: 17 }), 'busy'],
  [
    'a phone declines, which the PBX counts as no answer',
    far({ dialEnd: 'no_answer', cause: 21 }),
    'declined',
  ],
  ['a phone declines, which the PBX counts as busy', far({ dialEnd: 'busy', cause: 21 }), 'declined'],
  ['the phone is not registered', far({ dialEnd: 'unavailable', cause: 20 }), 'unavailable'],
  ['the trunk has no line', far({ dialEnd: 'congestion', cause: 34 }), 'congestion'],
  ['the trunk knows no such number', far({ dialEnd: 'unavailable', cause: 1 }), 'unknown_number'],
  ['the caller gives up', far({ dialEnd: 'cancelled' }), 'cancelled'],
  ['only the cause is known', far({ cause: 17 }), 'busy'],
  ['only a plain end is known', far({ cause: 16 }), 'cancelled'],
  ['the PBX gives no cause', far({ cause: 0 }), 'failed'],
  ['a far end went on in another call', far({ cause: undefined, movedToAnotherCall: true }), 'cancelled'],
  ['no API saw its end', far({ cause: undefined }), 'unknown'],
  ['one declines and another rings out', far({ cause: 21 }, { dialEnd: 'no_answer' }), 'no_answer'],
  ['one is busy and another is not registered', far({ cause: 20 }, { dialEnd: 'busy' }), 'busy'],
  ['one declines, then the caller gives up', far({ cause: 21 }, { dialEnd: 'cancelled' }), 'cancelled'],
  ['it was answered, whatever came then', outcome({ answered: true }), 'answered'],
  [
    'no far end appeared, as there is no route',
    outcome({ callees: [], caller: end({ cause: 3 }) }),
    'unavailable',
  ],
  ['the caller hangs up before any is rung', outcome({ callees: [] }), 'cancelled'],
])('the outcome when %s', (_, is, should) => {
  expect(is).toBe(should)
})

test.each([
  ['is busy', own({ dialEnd: 'busy', cause: 17 }, 0), 'own_busy'],
  ['declines', own({ dialEnd: 'no_answer', cause: 21 }, 0), 'own_declined'],
  ['rings out, as 16 tells it', own({ cause: 0 }, 3), 'own_no_answer'],
  ['rings out, as 22 tells it', own({ cause: 19 }, 3), 'own_no_answer'],
  ['rings out, and only the cause was heard', own({ cause: 19 }), 'own_no_answer'],
  ['is given up on', own({ dialEnd: 'no_answer', cause: 16 }, 0), 'cancelled'],
  ['cannot be reached', own({ cause: 20 }, 0), 'own_unavailable'],
  ['fails for no reason given', own({ cause: 0 }, 0), 'failed'],
  ['ends while no API is connected', own({ cause: undefined }), 'unknown'],
  ['ends unheard, and rang out before', own({ cause: undefined }, 3), 'own_no_answer'],
  [
    'never rang',
    outcome({
      ringsCallerFirst: true,
      caller: undefined,
      callees: [],
      originate: { answered: false, reason: 0 },
    }),
    'own_unavailable',
  ],
  [
    'is up and the far end is busy',
    outcome({ ringsCallerFirst: true, caller: up, callees: [end({ dialEnd: 'busy', cause: 17 })] }),
    'busy',
  ],
])('the outcome when the caller’s own phone %s', (_, is, should) => {
  expect(is).toBe(should)
})
