import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { ApiError, dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { Button } from '../../components/button.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { Loaded } from '../../components/loaded.tsx'
import { Notice } from '../../components/notice.tsx'
import { PasswordField } from '../../components/password-field.tsx'
import { Section } from '../../components/section.tsx'
import { useMessages } from '../../i18n/messages.ts'
import styles from './me.module.css'
import { meMessages } from './messages.ts'
import { SESSIONS_KEY } from './sessions.tsx'
import { useMe } from './use-me.ts'

export function PasswordSection() {
  const { password: texts } = useMessages(meMessages)
  const me = useMe()
  return (
    <Section title={texts.title}>
      <Loaded query={me}>
        {({ password_authority: authority }) =>
          authority === 'local' ? <PasswordForm /> : <p>{texts.elsewhere[authority]}</p>
        }
      </Loaded>
    </Section>
  )
}

function PasswordForm() {
  const { password: texts } = useMessages(meMessages)
  const describeError = useErrorText()
  const { api } = useConsole()
  const queries = useQueryClient()
  const form = useRef<HTMLFormElement>(null)
  const [refusal, setRefusal] = useState<string>()
  const options = useQuery({
    queryKey: ['sign-in-options'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/sign-in-options', { signal })),
  })
  // Where it is not known yet, the server decides.
  const min = options.data?.password_min_length ?? 1
  const change = useMutation({
    mutationFn: (body: { current_password: string; new_password: string }) =>
      api.PUT('/api/v1/me/password', { body }),
    onSuccess() {
      form.current?.reset()
      void queries.invalidateQueries({ queryKey: SESSIONS_KEY })
    },
  })

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const body = { current_password: String(data.get('current')), new_password: String(data.get('next')) }
    const isMissing = body.current_password === '' || body.new_password === ''
    const isTooShort = [...body.new_password].length < min
    const found = isMissing ? texts.incomplete : isTooShort ? texts.tooShort(min) : undefined
    setRefusal(found)
    if (found === undefined) change.mutate(body)
    else change.reset()
  }
  const isWrong = change.error instanceof ApiError && change.error.code === 'credentials_wrong'
  return (
    <form ref={form} className={styles.form} onSubmit={submit} noValidate>
      {refusal !== undefined && <Notice tone="danger">{refusal}</Notice>}
      {change.isError && <Notice tone="danger">{isWrong ? texts.wrong : describeError(change.error)}</Notice>}
      {change.isSuccess && <Notice tone="success">{texts.done}</Notice>}
      <PasswordField label={texts.current} name="current" autoComplete="current-password" required />
      <PasswordField
        label={texts.next}
        hint={texts.nextHint}
        name="next"
        autoComplete="new-password"
        required
      />
      <p className={styles.soft}>{texts.consequence}</p>
      <Button type="submit" disabled={change.isPending}>
        {texts.submit}
      </Button>
    </form>
  )
}
