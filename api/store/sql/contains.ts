import { type Expression, type SqlBool, sql } from 'kysely'

/** Whether a column holds a text somewhere. Both have to be in one case: LIKE ignores case in SQLite alone. */
export const contains = (column: string, text: string): Expression<SqlBool> =>
  sql`${sql.ref(column)} like ${`%${escapeLike(text)}%`} escape '\\'`

/** The same for a column as people typed it. SQLite lowers ASCII alone: letters of other scripts are found as typed. */
export const containsInAnyCase = (column: string, text: string): Expression<SqlBool> => {
  const pattern = `%${escapeLike(text)}%`
  return sql`(${sql.ref(column)} like ${pattern} escape '\\'
    or lower(${sql.ref(column)}) like lower(${pattern}) escape '\\')`
}

export const beginsWith = (column: string, text: string): Expression<SqlBool> =>
  sql`${sql.ref(column)} like ${`${escapeLike(text)}%`} escape '\\'`

/** Wildcards of LIKE stand for themselves behind a backslash. */
const escapeLike = (text: string) => text.replace(/[\\%_]/g, '\\$&')
