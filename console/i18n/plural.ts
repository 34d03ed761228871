import type { Language } from './languages.ts'

/** Russian needs `few` and `many`; the other languages use `one` and `other`. */
export interface PluralForms {
  one: string
  few?: string
  many?: string
  other: string
}

/** Chooses the form for `count`, and puts the count in place of `#`. */
export function plural(language: Language, count: number, forms: PluralForms): string {
  const category = new Intl.PluralRules(language).select(count)
  const form = forms[category as keyof PluralForms] ?? forms.other
  return form.replace('#', new Intl.NumberFormat(language).format(count))
}
