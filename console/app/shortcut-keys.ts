const STORAGE_KEY = 'hookswitch.single-keys'
/** The second key must follow the first within this time. */
const SEQUENCE_MS = 1_200

/** Whether shortcuts of single characters are on: who dictates or strikes keys by accident switches them off (WCAG 2.1.4). */
export const areSingleKeysOn = (): boolean => localStorage.getItem(STORAGE_KEY) !== 'off'

export function setSingleKeys(isOn: boolean): void {
  if (isOn) localStorage.removeItem(STORAGE_KEY)
  else localStorage.setItem(STORAGE_KEY, 'off')
}

/** What is used of a KeyboardEvent. */
interface KeyPress {
  key: string
  code: string
  /** The key is held down. */
  repeat: boolean
}
type ModifiedPress = KeyPress & Pick<KeyboardEvent, 'altKey' | 'ctrlKey' | 'metaKey'>

export type Modifier = 'Alt' | 'Ctrl'
/** With Alt, keyboards of a Mac write characters such as `@` on the digits; elsewhere Ctrl and a digit changes the tab. */
export const modifierOf = (platform: string): Modifier => (/^(Mac|iP)/.test(platform) ? 'Ctrl' : 'Alt')
/** The one of this computer. */
export const MODIFIER = modifierOf(globalThis.navigator?.platform ?? '')

/**
 * A press as shortcuts name it: `Alt+1` for a digit with the modifier, which also works in text fields.
 * @returns undefined for all other presses with a modifier: they belong to the browser, or write a character
 */
export function pressOf(
  event: ModifiedPress,
  modifier = MODIFIER,
): (KeyPress & { isModified: boolean }) | undefined {
  const { key, code, repeat, altKey, ctrlKey, metaKey } = event
  if (!altKey && !ctrlKey && !metaKey) return { key, code, repeat, isModified: false }
  const digit = /^Digit([1-9])$/.exec(code)?.[1]
  // Windows sets both for AltGr.
  const isOnlyModifier = altKey === (modifier === 'Alt') && ctrlKey === (modifier === 'Ctrl') && !metaKey
  if (digit === undefined || !isOnlyModifier) return undefined
  return { key: `${modifier}+${digit}`, code, repeat, isModified: true }
}

export interface KeyReader {
  /** @param all the newest last: a screen’s own shortcut goes before the shell’s */
  find<T extends { keys: string }>(press: KeyPress, all: readonly T[], isSingleOn: boolean): T | undefined
}

/** Finds the shortcut of the keys that are pressed one after the other. */
export function createKeyReader(): KeyReader {
  let first = ''
  let firstAt = 0
  return {
    find(press, all, isSingleOn) {
      // One press acts once: `x` held down would end one call after another.
      if (press.repeat) return undefined
      const key = latinKey(press)
      const active = isSingleOn ? all : all.filter(({ keys }) => !isOfCharacters(keys))
      const isSequence = Date.now() - firstAt < SEQUENCE_MS
      const found =
        (isSequence ? active.findLast(({ keys }) => keys === `${first} ${key}`) : undefined) ??
        active.findLast(({ keys }) => keys === key)
      first = key
      firstAt = found === undefined ? Date.now() : 0
      return found
    },
  }
}

/** The letter on the key, also where the keyboard writes another alphabet. */
const latinKey = ({ key, code }: KeyPress): string =>
  /^Key[A-Z]$/.test(code) && !/^[a-z]$/i.test(key) ? code.slice(3).toLowerCase() : key

/** `c`, `?` and `g p`, but not `Escape`. */
const isOfCharacters = (keys: string) => keys.split(' ').some((key) => [...key].length === 1)
