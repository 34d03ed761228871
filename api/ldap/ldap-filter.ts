import {
  AndFilter,
  ApproximateFilter,
  EqualityFilter,
  ExtensibleFilter,
  type Filter,
  FilterParser,
  NotFilter,
  OrFilter,
  SubstringFilter,
} from 'ldapts'

/** Makes a filter for the values of its placeholders, such as `login` for `{login}`. */
export type FilterTemplate = (values: Readonly<Record<string, string>>) => Filter

/**
 * Parses a filter (RFC 4515) with placeholders. A value is set in the parsed filter, never in its text, so that no value can
 * change the structure of the filter.
 * @throws {Error} for a text that is no filter
 */
export function parseFilterTemplate(text: string): FilterTemplate {
  const fill = fillerOf(FilterParser.parseString(text))
  return (values) =>
    fill((value) => value.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole))
}

type Filler = (replace: (value: string) => string) => Filter

function fillerOf(filter: Filter): Filler {
  if (filter instanceof AndFilter || filter instanceof OrFilter) {
    const parts = filter.filters.map(fillerOf)
    return (replace) => {
      const filters = parts.map((fill) => fill(replace))
      return filter instanceof AndFilter ? new AndFilter({ filters }) : new OrFilter({ filters })
    }
  }
  if (filter instanceof NotFilter) {
    const fill = fillerOf(filter.filter)
    return (replace) => new NotFilter({ filter: fill(replace) })
  }
  if (filter instanceof EqualityFilter) {
    const { attribute, value } = filter
    return (replace) =>
      new EqualityFilter({ attribute, value: typeof value === 'string' ? replace(value) : value })
  }
  if (filter instanceof ApproximateFilter) {
    const { attribute, value } = filter
    return (replace) => new ApproximateFilter({ attribute, value: replace(value) })
  }
  if (filter instanceof ExtensibleFilter) {
    const { matchType, rule, value, dnAttributes } = filter
    return (replace) => new ExtensibleFilter({ matchType, rule, dnAttributes, value: replace(value) })
  }
  if (filter instanceof SubstringFilter) {
    const { initial, any, final } = filter
    // A part of a value would find entries of other names.
    if (/\{\w+\}/.test([initial, ...any, final].join(' ')))
      throw new Error('a placeholder cannot stand beside a *')
  }
  return () => filter
}

/** One entry by the value of an attribute. */
export const equalTo = (attribute: string, value: Buffer | string): Filter =>
  new EqualityFilter({ attribute, value })
