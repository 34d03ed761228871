import { describe, expect, it } from 'vitest'
import {
  REGISTRATION_MODES,
  requireNotClosed,
  requireOpen,
} from '../../../../api/core/registration/registration-mode.ts'

const allows = (work: () => void) => {
  try {
    work()
    return true
  } catch (err) {
    expect(err).toMatchObject({ code: 'forbidden' })
    return false
  }
}

describe('the registration mode', () => {
  it('is checked for clients without an invitation', () => {
    expect(REGISTRATION_MODES.map((mode) => allows(() => requireOpen(mode)))).toEqual([true, false, false])
  })

  it('is checked for clients with an invitation', () => {
    expect(REGISTRATION_MODES.map((mode) => allows(() => requireNotClosed(mode)))).toEqual([
      true,
      true,
      false,
    ])
  })

  it('is refused with the way to an account', () => {
    expect(() => requireOpen('closed')).toThrow(/closed: ask an administrator for an account/)
    expect(() => requireOpen('invitation')).toThrow(/by invitation: ask an administrator for one/)
  })
})
