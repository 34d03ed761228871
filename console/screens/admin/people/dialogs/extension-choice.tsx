import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { dataOf } from '../../../../api/client.ts'
import { useConsole } from '../../../../app/console-context.ts'
import { TextField } from '../../../../components/field.tsx'
import { Notice } from '../../../../components/notice.tsx'
import { useMessages } from '../../../../i18n/messages.ts'
import { adminMessages } from '../../messages.ts'
import { RadioChoice } from '../../radio-choice.tsx'
import { personDialogMessages } from './messages.ts'

interface ExtensionChoiceProps {
  errorOf(field: string): string | undefined
}

/** The extension of a new person: where the server can make one, that is offered first. */
export function ExtensionChoice({ errorOf }: ExtensionChoiceProps) {
  const texts = useMessages(personDialogMessages)
  const { api } = useConsole()
  const [choice, setChoice] = useState<'none' | 'new' | 'existing'>('new')
  const options = useQuery({
    queryKey: ['sign-in-options'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/sign-in-options', { signal })),
  })
  if (options.isPending) return null
  if (!options.data?.makes_extensions) return <ExtensionField errorOf={errorOf} />
  const error = errorOf('create_extension')
  return (
    <>
      <RadioChoice
        legend={texts.extensionChoice}
        name="create_extension"
        value={choice}
        choices={texts.extensionChoices}
        onChoose={setChoice}
      />
      {error !== undefined && <Notice tone="danger">{error}</Notice>}
      {choice === 'existing' && <ExtensionField errorOf={errorOf} />}
    </>
  )
}

/** A number that the telephone system has already. */
export function ExtensionField({ errorOf }: ExtensionChoiceProps) {
  const texts = useMessages(adminMessages)
  return (
    <TextField
      label={texts.extension}
      hint={texts.extensionHint}
      error={errorOf('extension')}
      name="extension"
      inputMode="numeric"
      autoComplete="off"
    />
  )
}

/** Whether the form asks for an extension that does not exist yet. */
export const asksForNewExtension = (form: FormData): boolean => form.get('create_extension') === 'new'
