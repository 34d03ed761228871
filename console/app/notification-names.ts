const STORAGE_KEY = 'hookswitch.notification-names'

/** Whether notifications show who calls: systems show them on locked screens as well. */
export const areNamesShown = (): boolean => localStorage.getItem(STORAGE_KEY) !== 'off'

export function setNamesShown(isOn: boolean): void {
  if (isOn) localStorage.removeItem(STORAGE_KEY)
  else localStorage.setItem(STORAGE_KEY, 'off')
}
