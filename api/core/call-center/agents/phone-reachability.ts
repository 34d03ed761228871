/** The state of phones, a part of what `core/presence/phone-states.ts` has. */
export interface PhoneStates {
  /** Whether the phone of an extension is registered. */
  isReachable(extension: string): boolean
  /** Whether do-not-disturb is on. */
  isDnd(extension: string): boolean
}

/** @returns whether the phone of an extension could ring for a call of the call center */
export const createPhoneReachability =
  (phones: PhoneStates) =>
  (extension: string): boolean =>
    phones.isReachable(extension) && !phones.isDnd(extension)
