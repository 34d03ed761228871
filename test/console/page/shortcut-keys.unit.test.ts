import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  areSingleKeysOn,
  createKeyReader,
  modifierOf,
  pressOf,
  setSingleKeys,
} from '../../../console/app/shortcut-keys.ts'

const all = ['c', 'x', 'g p', 'p', 'Escape', '?'].map((keys) => ({ keys }))
const press = (key: string, { code = '', repeat = false } = {}) => ({ key, code, repeat })

describe('shortcuts', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
  const readAll = (presses: ReturnType<typeof press>[], isSingleOn = true) => {
    const reader = createKeyReader()
    return presses.map((one) => reader.find(one, all, isSingleOn)?.keys)
  }

  it('act once for a key that is held down', () => {
    const held = press('x', { repeat: true })
    expect(readAll([press('x'), held, held, press('x')])).toEqual(['x', undefined, undefined, 'x'])
  })

  it('are also two keys one after the other, within a moment', () => {
    expect(readAll([press('g'), press('p')])).toEqual([undefined, 'g p'])
    const reader = createKeyReader()
    reader.find(press('g'), all, true)
    vi.advanceTimersByTime(1_300)
    expect(reader.find(press('p'), all, true)?.keys).toBe('p')
  })

  it('are on the same keys where the keyboard writes another alphabet', () => {
    expect(readAll([press('ч', { code: 'KeyX' })])).toEqual(['x'])
  })

  it('of characters are off when they are switched off, others stay on', () => {
    const presses = ['x', 'g', 'p', '?', 'Escape'].map((key) => press(key))
    expect(readAll(presses, false)).toEqual([undefined, undefined, undefined, undefined, 'Escape'])
  })

  it('of characters are on until they are switched off in this browser', () => {
    const stored = new Map<string, string>()
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
      removeItem: (key: string) => void stored.delete(key),
    })
    const states = [areSingleKeysOn()]
    for (const isOn of [false, true]) {
      setSingleKeys(isOn)
      states.push(areSingleKeysOn())
    }
    expect(states).toEqual([true, false, true])
  })

  it.each([
    ['Linux x86_64', 'Alt', { altKey: true }, 'Alt+1'],
    ['Win32', 'Alt', { altKey: true }, 'Alt+1'],
    ['MacIntel', 'Ctrl', { ctrlKey: true }, 'Ctrl+1'],
    // Ctrl and a digit changes the tab, Option and a digit writes a character, AltGr is both on Windows.
    ['Win32', 'Alt', { ctrlKey: true }, undefined],
    ['MacIntel', 'Ctrl', { altKey: true }, undefined],
    ['Win32', 'Alt', { altKey: true, ctrlKey: true }, undefined],
    ['MacIntel', 'Ctrl', { metaKey: true }, undefined],
  ])('with a modifier, on %s: %s, %o', (platform, modifier, pressed, expected) => {
    const none = { altKey: false, ctrlKey: false, metaKey: false }
    expect(modifierOf(platform)).toBe(modifier)
    // An Option key writes another character.
    const event = { ...press('¡', { code: 'Digit1' }), ...none, ...pressed }
    expect(pressOf(event, modifierOf(platform))?.key).toBe(expected)
  })

  it('with a modifier are digits alone, and stay on when those of characters are off', () => {
    const modified = { altKey: true, ctrlKey: false, metaKey: false }
    expect(pressOf({ ...press('x', { code: 'KeyX' }), ...modified }, 'Alt')).toBeUndefined()
    const event = pressOf({ ...press('2', { code: 'Digit2' }), ...modified }, 'Alt')
    const reader = createKeyReader()
    expect(event && reader.find(event, [{ keys: 'Alt+2' }], false)?.keys).toBe('Alt+2')
  })
})
