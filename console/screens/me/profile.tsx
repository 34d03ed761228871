import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { dataOf, type Wire } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { Button } from '../../components/button.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { SelectField, TextField } from '../../components/field.tsx'
import { Loaded } from '../../components/loaded.tsx'
import { Notice } from '../../components/notice.tsx'
import { PEOPLE_KEY } from '../../components/people/use-contacts.ts'
import { Section } from '../../components/section.tsx'
import { showToast } from '../../components/toast.tsx'
import { LANGUAGE_NAMES, LANGUAGES, setLanguage } from '../../i18n/language.ts'
import { currentMessages, useLanguage, useMessages } from '../../i18n/messages.ts'
import styles from './me.module.css'
import { meMessages } from './messages.ts'
import { ME_KEY, useMe } from './use-me.ts'

type Me = Wire<'Me'>

export function ProfileSection() {
  const { profile: texts } = useMessages(meMessages)
  const me = useMe()
  return (
    <Section title={texts.title}>
      <Loaded query={me}>{(data) => <Profile me={data} />}</Loaded>
    </Section>
  )
}

function Profile({ me }: { me: Me }) {
  const { profile: texts } = useMessages(meMessages)
  const describeError = useErrorText()
  const language = useLanguage()
  const { api } = useConsole()
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: (body: Wire<'ProfileChange'>) => dataOf(api.PATCH('/api/v1/me', { body })),
    async onSuccess(changed) {
      queries.setQueryData(ME_KEY, changed)
      void queries.invalidateQueries({ queryKey: PEOPLE_KEY })
      // The language may be another one than when the request was sent.
      showToast((await currentMessages(meMessages)).profile.saved)
    },
  })
  function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('displayName')).trim()
    change.mutate({ display_name: name === '' ? null : name })
  }
  // The username stands in for a name that is not set.
  const ownName = me.display_name === me.username ? '' : me.display_name
  return (
    <>
      <form className={styles.form} onSubmit={save}>
        <TextField
          key={me.display_name}
          label={texts.displayName}
          hint={texts.displayNameHint}
          name="displayName"
          defaultValue={ownName}
          placeholder={me.username}
          autoComplete="name"
          maxLength={100}
        />
        <Button type="submit" disabled={change.isPending}>
          {texts.save}
        </Button>
      </form>
      {change.isError && <Notice tone="danger">{describeError(change.error)}</Notice>}
      <SelectField
        label={texts.language}
        hint={texts.languageHint}
        value={language}
        onChange={({ target: { value } }) => {
          const chosen = LANGUAGES.find((one) => one === value) ?? 'en'
          setLanguage(chosen)
          change.mutate({ language: chosen })
        }}
      >
        {LANGUAGES.map((one) => (
          <option key={one} value={one} lang={one}>
            {LANGUAGE_NAMES[one]}
          </option>
        ))}
      </SelectField>
      <dl className={styles.facts}>
        <dt>{texts.username}</dt>
        <dd>{me.username}</dd>
        <dt>{texts.extension}</dt>
        <dd>{me.extension ?? texts.noExtension}</dd>
        {me.email !== null && (
          <>
            <dt>{texts.email}</dt>
            <dd>{me.email}</dd>
          </>
        )}
        <dt>{texts.role}</dt>
        <dd>{texts.roles[me.role]}</dd>
      </dl>
    </>
  )
}
