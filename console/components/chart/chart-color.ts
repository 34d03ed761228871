/** Colors of the tokens that differ from each other and from the page, in both themes. */
export type ChartColor = 'accent' | 'success' | 'warning' | 'danger' | 'soft' | 'line'
