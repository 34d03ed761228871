/** A link to hand over. Where the installation knows no address of its own, the API answers with a path. */
export const toAbsoluteLink = (link: string): string => new URL(link, location.origin).href
