import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { ConfirmDialog } from '../../../components/dialog.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { Icon } from '../../../components/icon.tsx'
import { Loaded } from '../../../components/loaded.tsx'
import { EmptyState } from '../../../components/notice.tsx'
import { showToast } from '../../../components/toast.tsx'
import { formatTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import styles from '../board.module.css'
import { boardMessages } from '../messages.ts'
import { NewLinkDialog } from './new-link.tsx'

type Link = Wire<'WallboardLink'>

/** Links for big screens. */
export function LinksTab() {
  const texts = useMessages(boardMessages)
  const { api } = useConsole()
  const [isNew, setNew] = useState(false)
  const [revoked, setRevoked] = useState<Link>()
  const links = useQuery({
    queryKey: ['wallboards'],
    // There are at most 100.
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/wallboards', { params: { query: { limit: 100 } }, signal })),
    staleTime: 0,
  })
  return (
    <div className={styles.now}>
      <p>{texts.linksHint}</p>
      <div className={styles.tools}>
        <Button tone="primary" onClick={() => setNew(true)}>
          <Icon name="plus" />
          {texts.newLink}
        </Button>
      </div>
      <Loaded query={links}>
        {({ wallboards }) =>
          wallboards.length === 0 ? (
            <EmptyState title={texts.noLinks} />
          ) : (
            <LinkTable links={wallboards} onRevoke={setRevoked} />
          )
        }
      </Loaded>
      {isNew && <NewLinkDialog onClose={() => setNew(false)} />}
      {revoked !== undefined && <RevokeDialog link={revoked} onClose={() => setRevoked(undefined)} />}
    </div>
  )
}

function LinkTable({ links, onRevoke }: { links: readonly Link[]; onRevoke(link: Link): void }) {
  const texts = useMessages(boardMessages)
  const language = useLanguage()
  const { columns } = texts
  return (
    <div className={styles.scroller}>
      <table className={styles.table}>
        <caption className="visually-hidden">{texts.tabs.links}</caption>
        <thead>
          <tr>
            {[columns.name, texts.team, columns.names, columns.made, columns.expires].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">
              <span className="visually-hidden">{texts.revoke}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {links.map((link) => (
            <tr key={link.id}>
              <th scope="row">
                <bdi>{link.name}</bdi>
              </th>
              <td>{link.team ?? texts.allTeams}</td>
              <td>{link.hides_names ? texts.namesHidden : texts.namesShown}</td>
              <td>{formatTime(language, link.created_at)}</td>
              <td>{link.expires_at === null ? texts.never : formatTime(language, link.expires_at)}</td>
              <td>
                <Button aria-label={texts.revokeLink(link.name)} onClick={() => onRevoke(link)}>
                  {texts.revoke}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function RevokeDialog({ link, onClose }: { link: Link; onClose(): void }) {
  const texts = useMessages(boardMessages)
  const describeError = useErrorText()
  const { api } = useConsole()
  const queries = useQueryClient()
  async function revoke() {
    await api.DELETE('/api/v1/wallboards/{wallboardId}', { params: { path: { wallboardId: link.id } } })
    showToast(texts.revoked)
    await queries.invalidateQueries({ queryKey: ['wallboards'] })
  }
  return (
    <ConfirmDialog
      title={texts.revokeTitle}
      action={texts.revoke}
      onConfirm={revoke}
      onClose={onClose}
      describeError={describeError}
    >
      <p>{texts.revokeWhat(link.name)}</p>
    </ConfirmDialog>
  )
}
