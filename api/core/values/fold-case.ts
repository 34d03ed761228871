/** Form in which names and texts are compared, searched and sorted: lower case, NFC. */
export const foldCase = (text: string): string => text.normalize('NFC').toLowerCase().normalize('NFC')
