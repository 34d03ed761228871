import { useMessages } from '../../../../i18n/messages.ts'
import styles from '../../admin.module.css'
import { personDialogMessages } from './messages.ts'

/** Whether the person has to replace the password that an administrator sets; they do unless it is unchecked. */
export function MustChangeField({ isChecked = true }: { isChecked?: boolean }) {
  const texts = useMessages(personDialogMessages)
  return (
    <div className={styles.choice}>
      <label>
        <input type="checkbox" name="must_change_password" defaultChecked={isChecked} />
        {texts.mustChange}
      </label>
      <p>{texts.mustChangeHint}</p>
    </div>
  )
}

export const readMustChange = (form: FormData): boolean => form.has('must_change_password')
