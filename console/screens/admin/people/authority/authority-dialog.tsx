import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { dataOf, type Wire } from '../../../../api/client.ts'
import { useConsole } from '../../../../app/console-context.ts'
import { Notice } from '../../../../components/notice.tsx'
import { PasswordField } from '../../../../components/password-field.tsx'
import { showToast } from '../../../../components/toast.tsx'
import { useMessages } from '../../../../i18n/messages.ts'
import { FormDialog } from '../../form-dialog.tsx'
import { RadioChoice } from '../../radio-choice.tsx'
import { useReloadLists } from '../../reload-lists.ts'
import { authorityMessages } from './messages.ts'

/** Where the password of a person is verified, and the choice of another place. */
export function AuthorityDialog({ user, onClose }: { user: Wire<'User'>; onClose(): void }) {
  const texts = useMessages(authorityMessages)
  const { api } = useConsole()
  const reload = useReloadLists()
  const options = useQuery({
    queryKey: ['sign-in-options'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/sign-in-options', { signal })),
  })
  const [chosen, setChosen] = useState<'phone' | 'local'>(
    user.password_authority === 'phone' ? 'local' : 'phone',
  )
  const isOff = options.data?.phone_secrets === false
  const isPossible = !isOff && user.extension !== null
  const place = isPossible ? chosen : 'local'

  async function submit(form: FormData) {
    await api.PUT('/api/v1/users/{userId}/password-authority', {
      params: { path: { userId: user.id } },
      body:
        place === 'phone'
          ? { authority: place }
          : { authority: place, password: String(form.get('password')) },
    })
    showToast(texts.saved(user.display_name))
    reload()
    return undefined
  }

  return (
    <FormDialog
      title={texts.title(user.display_name)}
      action={texts.save}
      tone="danger"
      onSubmit={submit}
      onClose={onClose}
    >
      {(errorOf) => (
        <>
          <p>{texts.now[user.password_authority]}</p>
          {isPossible ? (
            <RadioChoice
              legend={texts.place}
              name="authority"
              value={chosen}
              choices={texts.places}
              onChoose={setChosen}
            />
          ) : (
            <Notice tone="info">{isOff ? texts.off : texts.noExtension}</Notice>
          )}
          {place === 'local' && (
            <PasswordField
              label={texts.newPassword}
              hint={options.data && texts.newPasswordHint(options.data.password_min_length)}
              error={errorOf('password')}
              name="password"
              autoComplete="new-password"
            />
          )}
          <Notice tone="warning">{texts.effect}</Notice>
        </>
      )}
    </FormDialog>
  )
}
