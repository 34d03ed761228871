import { useState } from 'react'
import { dataOf } from '../../../../api/client.ts'
import { useConsole } from '../../../../app/console-context.ts'
import { useErrorText } from '../../../../components/error-text.ts'
import { TextField } from '../../../../components/field.tsx'
import { PasswordField } from '../../../../components/password-field.tsx'
import type { ShownSecret } from '../../../../components/secret-dialog.tsx'
import { showToast } from '../../../../components/toast.tsx'
import { useMessages } from '../../../../i18n/messages.ts'
import { toAbsoluteLink } from '../../absolute-link.ts'
import { FormDialog } from '../../form-dialog.tsx'
import { adminMessages } from '../../messages.ts'
import { RadioChoice } from '../../radio-choice.tsx'
import { useReloadLists } from '../../reload-lists.ts'
import { RoleField, toRole } from '../../role-field.tsx'
import { readMembership, storeMembership } from './agent-change.ts'
import { CallCenterFields } from './call-center-fields.tsx'
import { asksForNewExtension, ExtensionChoice, ExtensionField } from './extension-choice.tsx'
import { personDialogMessages } from './messages.ts'
import { MustChangeField, readMustChange } from './must-change.tsx'

/** Adds an account with a password, or invites a person who then makes it. */
export function AddPersonDialog({
  onSecret,
  onClose,
}: {
  /** A password or a link that was made. */
  onSecret(secret: ShownSecret): void
  onClose(): void
}) {
  const texts = useMessages(personDialogMessages)
  const shared = useMessages(adminMessages)
  const { api } = useConsole()
  const reload = useReloadLists()
  const describeError = useErrorText()
  const [how, setHow] = useState<'password' | 'invitation'>('password')
  const isInvitation = how === 'invitation'

  async function add(form: FormData): Promise<ShownSecret | undefined> {
    const { username = '', displayName, password, ...rest } = readForm(form)
    const user = await dataOf(
      api.POST('/api/v1/users', {
        body: {
          ...rest,
          username,
          create_extension: asksForNewExtension(form),
          disabled: false,
          must_change_password: readMustChange(form),
          display_name: displayName ?? null,
          ...(password === undefined ? {} : { password }),
        },
      }),
    )
    showToast(
      user.pending_extension === null
        ? texts.added(user.display_name, user.extension)
        : texts.addedPending(user.display_name, user.pending_extension),
    )
    // The account is there, and its password is shown only now: what fails here must not hide it.
    await storeMembership(api, user, undefined, readMembership(form)).catch((err: unknown) =>
      showToast(texts.agentFailed(user.display_name, describeError(err)), 'danger'),
    )
    return user.password === null
      ? undefined
      : { title: texts.passwordOf(user.display_name), value: user.password }
  }
  async function invite(form: FormData): Promise<ShownSecret | undefined> {
    const { email, role, extension } = readForm(form)
    const deliver = form.get('deliver') === 'link' ? ('link' as const) : ('mail' as const)
    const { link } = await dataOf(
      api.POST('/api/v1/invitations', { body: { email, role, extension, deliver, team: null, days: 7 } }),
    )
    if (link !== null) return { title: texts.invitationLink, value: toAbsoluteLink(link) }
    showToast(texts.invited)
    return undefined
  }
  async function submit(form: FormData) {
    const secret = await (isInvitation ? invite(form) : add(form))
    reload()
    if (secret === undefined) return undefined
    onSecret(secret)
    return 'stay'
  }

  return (
    <FormDialog
      title={texts.addTitle}
      action={isInvitation ? texts.inviteAction : texts.addAction}
      onSubmit={submit}
      onClose={onClose}
    >
      {(errorOf) => (
        <>
          <RadioChoice
            legend={texts.how}
            name="how"
            value={how}
            choices={{ password: texts.byPassword, invitation: texts.byInvitation }}
            onChoose={setHow}
          />
          {!isInvitation && (
            <>
              <TextField
                label={texts.username}
                error={errorOf('username')}
                name="username"
                autoComplete="off"
                autoCapitalize="none"
                required
              />
              <TextField
                label={texts.displayName}
                hint={texts.displayNameHint}
                error={errorOf('display_name')}
                name="display_name"
                autoComplete="off"
              />
            </>
          )}
          <TextField
            label={shared.email}
            error={errorOf('email')}
            name="email"
            type="email"
            autoComplete="off"
          />
          <RoleField error={errorOf('role')} />
          {isInvitation ? <ExtensionField errorOf={errorOf} /> : <ExtensionChoice errorOf={errorOf} />}
          {!isInvitation && <CallCenterFields errorOf={errorOf} />}
          {isInvitation ? (
            <RadioChoice
              legend={texts.deliver}
              name="deliver"
              choices={{ mail: texts.deliverMail, link: texts.deliverLink }}
            />
          ) : (
            <>
              <PasswordField
                label={texts.password}
                hint={texts.passwordHint}
                error={errorOf('password')}
                name="password"
                autoComplete="new-password"
              />
              <MustChangeField />
            </>
          )}
        </>
      )}
    </FormDialog>
  )
}

/** The fields that are shown; the server checks them. */
function readForm(form: FormData) {
  const textOf = (name: string) => String(form.get(name) ?? '').trim() || undefined
  return {
    username: textOf('username'),
    displayName: textOf('display_name'),
    // Blanks are a part of a password.
    password: String(form.get('password') ?? '') || undefined,
    email: textOf('email') ?? null,
    role: toRole(form.get('role')) ?? ('user' as const),
    extension: textOf('extension') ?? null,
  }
}
