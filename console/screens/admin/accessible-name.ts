/**
 * The name of a button in a row: what it shows comes first, so that speech control finds it (WCAG 2.5.3), and then what
 * it is about.
 */
export const named = (shown: string, about: string): string => `${shown}: ${about}`
