/** Lists up to this length are drawn whole, so that the browser’s own search finds each row. */
export const WHOLE_ROWS = 200
