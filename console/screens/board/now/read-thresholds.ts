import type { Wire } from '../../../api/client.ts'

type Thresholds = Wire<'BoardThresholds'>

/** Reads the fields `<measure>.<level>` of a form; an empty one means that there is no such level. */
export function readThresholds(form: Pick<FormData, 'get'>, known: Thresholds): Thresholds {
  const read = (name: string) => {
    const text = String(form.get(name) ?? '').trim()
    return text === '' ? null : Number(text)
  }
  return Object.fromEntries(
    Object.keys(known).map((name) => [
      name,
      { warning: read(`${name}.warning`), critical: read(`${name}.critical`) },
    ]),
  ) as Thresholds // the members of `known`
}
