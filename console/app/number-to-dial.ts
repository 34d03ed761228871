import { createStore } from './store.ts'

/** A number that a link asks to call: the phone opens with it in its field, and waits for a click. */
export const numberToDial = createStore<string | undefined>(undefined)
