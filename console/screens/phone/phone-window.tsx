import { PhoneDock } from './dock.tsx'

/** The phone in a window of its own. */
export const PhoneScreen = () => <PhoneDock isAlone />
