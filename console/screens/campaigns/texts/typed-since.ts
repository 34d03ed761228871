/** What a user has changed, and the version that it may replace. */
export interface Typed<Input> {
  input: Input
  etag: string | null
}

/**
 * What stays to be stored after a request has succeeded: what was typed while it was under way.
 * @param sent what was typed when the request began
 * @param etag of the version that it has stored
 */
export const typedSince = <Input>(
  now: Typed<Input> | undefined,
  sent: Typed<Input> | undefined,
  etag: string | null,
): Typed<Input> | undefined => (now === undefined || now.input === sent?.input ? undefined : { ...now, etag })
