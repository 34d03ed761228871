import { z } from 'zod'

/** The id of a row in a path, a query, a cursor or a list. */
export const ID_PATTERN = /^[1-9]\d{0,15}$/
export const INVALID_ID = 'must be an id, a whole number of 1 or more'
export const IdText = z.string().regex(ID_PATTERN, INVALID_ID)
