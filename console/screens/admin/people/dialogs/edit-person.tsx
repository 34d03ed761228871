import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { ApiError, type Wire } from '../../../../api/client.ts'
import { useConsole } from '../../../../app/console-context.ts'
import { Button } from '../../../../components/button.tsx'
import { loadAgents } from '../../../../components/call-center/load-agents.ts'
import { Dialog, DialogActions } from '../../../../components/dialog.tsx'
import { useErrorText } from '../../../../components/error-text.ts'
import { TextField } from '../../../../components/field.tsx'
import { componentMessages } from '../../../../components/messages.ts'
import { EmptyState, Notice } from '../../../../components/notice.tsx'
import { showToast } from '../../../../components/toast.tsx'
import { useMessages } from '../../../../i18n/messages.ts'
import { FormDialog } from '../../form-dialog.tsx'
import { adminMessages } from '../../messages.ts'
import { RoleField, toRole } from '../../role-field.tsx'
import { useChangeUser } from '../change-user.ts'
import { readMembership, storeMembership } from './agent-change.ts'
import { CallCenterFields } from './call-center-fields.tsx'
import { personDialogMessages } from './messages.ts'

/** An account with the entity tag that its change needs. */
interface LoadedUser {
  user: Wire<'User'>
  etag: string | undefined
  /** The person as a member of the call center, if they are one. */
  agent: Wire<'CrmAgent'> | undefined
}

/** Loads the account as it is now, and then edits that. */
export function EditPersonDialog({ user: { id, display_name }, onClose }: EditPersonProps) {
  const texts = useMessages(personDialogMessages)
  const common = useMessages(componentMessages)
  const { api } = useConsole()
  const describeError = useErrorText()
  const loaded = useQuery({
    queryKey: ['edit-user', id],
    // The form does not change under the user’s hands.
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<LoadedUser> => {
      const [{ data, response }, agents] = await Promise.all([
        api.GET('/api/v1/users/{userId}', { params: { path: { userId: id } }, signal }),
        loadAgents(api, signal),
      ])
      const agent = agents.find(({ userId }) => String(userId) === id)
      // Refusals were thrown before.
      return { user: data as Wire<'User'>, etag: response.headers.get('etag') ?? undefined, agent }
    },
  })
  if (loaded.data !== undefined) {
    return (
      <EditForm
        key={loaded.data.etag}
        loaded={loaded.data}
        onLoadAgain={() => void loaded.refetch()}
        onClose={onClose}
      />
    )
  }
  return (
    <Dialog title={texts.editTitle(display_name)} onClose={onClose}>
      <EmptyState title={loaded.isError ? describeError(loaded.error) : common.loading} />
      <DialogActions>
        <Button onClick={onClose}>{common.cancel}</Button>
      </DialogActions>
    </Dialog>
  )
}

interface EditPersonProps {
  user: Wire<'User'>
  onClose(): void
}

function EditForm({
  loaded: { user, etag, agent },
  onLoadAgain,
  onClose,
}: {
  loaded: LoadedUser
  onLoadAgain(): void
  onClose(): void
}) {
  const texts = useMessages(personDialogMessages)
  const shared = useMessages(adminMessages)
  const { api } = useConsole()
  const change = useChangeUser()
  /** The account was stored, and then the call center refused its part: the next try is made of this version. */
  const stored = useRef(etag)
  const [isStale, setStale] = useState(false)
  const [role, setRole] = useState(user.role)
  const [extension, setExtension] = useState(user.extension ?? '')
  const hasNewExtension = extension !== (user.extension ?? '')

  async function submit(form: FormData) {
    try {
      stored.current = await change(user.id, changesOf(user, form), stored.current)
    } catch (err) {
      if (!(err instanceof ApiError && err.status === 412)) throw err
      setStale(true)
      return 'stay'
    }
    await storeMembership(api, user, agent, readMembership(form))
    showToast(texts.saved(user.display_name))
    return undefined
  }

  return (
    <FormDialog
      title={texts.editTitle(user.display_name)}
      action={texts.save}
      onSubmit={submit}
      onClose={onClose}
    >
      {(errorOf) => (
        <>
          {isStale && (
            <Notice tone="danger">
              {texts.changedMeanwhile} <Button onClick={onLoadAgain}>{texts.loadAgain}</Button>
            </Notice>
          )}
          <TextField
            label={texts.displayName}
            hint={texts.displayNameHint}
            error={errorOf('display_name')}
            name="display_name"
            defaultValue={user.display_name === user.username ? '' : user.display_name}
          />
          <TextField
            label={shared.email}
            error={errorOf('email')}
            name="email"
            type="email"
            defaultValue={user.email ?? ''}
          />
          <RoleField role={user.role} error={errorOf('role')} onChange={setRole} />
          <TextField
            label={shared.extension}
            hint={shared.extensionHint}
            error={errorOf('extension')}
            name="extension"
            inputMode="numeric"
            value={extension}
            onChange={(event) => setExtension(event.target.value.trim())}
          />
          <CallCenterFields agent={agent} role={role} errorOf={errorOf} />
          {(role !== user.role || hasNewExtension) && (
            <Notice tone="warning">
              {texts.sessionsEnd} {hasNewExtension && user.extension !== null && texts.extensionRests}
            </Notice>
          )}
        </>
      )}
    </FormDialog>
  )
}

/** Only what differs: the same role again would end no session, but would stand in the security log. */
function changesOf(user: Wire<'User'>, form: FormData): Wire<'UserPatch'> {
  const textOf = (name: string) => String(form.get(name)).trim() || null
  const [displayName, email, extension] = ['display_name', 'email', 'extension'].map(textOf)
  const role = toRole(form.get('role'))
  return {
    ...((displayName ?? user.username) === user.display_name ? {} : { display_name: displayName ?? null }),
    ...(email === user.email ? {} : { email: email ?? null }),
    ...(role === undefined || role === user.role ? {} : { role }),
    ...(extension === user.extension ? {} : { extension: extension ?? null }),
  }
}
