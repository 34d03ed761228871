/** The id of a provider in its settings, in URLs and in the source of accounts. */
export const PROVIDER_ID = /^[a-z][a-z0-9-]{0,31}$/
