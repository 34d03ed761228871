export const VIEWS = ['tiles', 'list'] as const
export type View = (typeof VIEWS)[number]

const STORAGE_KEY = 'hookswitch.people-view'

export const readView = (): View =>
  VIEWS.find((view) => view === localStorage.getItem(STORAGE_KEY)) ?? 'tiles'

export const saveView = (view: View): void => localStorage.setItem(STORAGE_KEY, view)
