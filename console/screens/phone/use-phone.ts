import { ApiError } from '../../api/client.ts'
import { useConsole, useStore } from '../../app/console-context.ts'
import { PhoneFailure } from '../../app/phone/phone-failure.ts'
import { useErrorText } from '../../components/error-text.ts'
import { showToast } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import type { PhoneSnapshot } from '../../phone/phone-types.ts'
import { phoneMessages } from './messages.ts'

/** The phone of this browser, and a function that runs an act and shows its failure. */
export function usePhone() {
  const { phone } = useConsole()
  const { errors, blocked } = useMessages(phoneMessages)
  const apiText = useErrorText()
  const snapshot: PhoneSnapshot = useStore(phone.snapshot)
  function textOf(err: unknown): string {
    if (err instanceof ApiError) return apiText(err)
    if (!(err instanceof PhoneFailure)) return errors.other
    if (isKey(errors, err.code)) return errors[err.code]
    if (isKey(blocked, err.code)) return blocked[err.code]
    return errors.other
  }
  /** Shows why it failed. @returns whether it was done */
  const attempt = (act: Promise<unknown>): Promise<boolean> =>
    act.then(
      () => true,
      (err: unknown) => {
        showToast(textOf(err), 'danger')
        return false
      },
    )
  return {
    snapshot,
    attempt,
    run: (act: Promise<unknown>): void => void attempt(act),
    phone,
  }
}

const isKey = <T extends object>(object: T, key: string): key is keyof T & string =>
  Object.hasOwn(object, key)
