import { useConsole } from '../../app/console-context.ts'
import { appMessages } from '../../app/messages.ts'
import { useMessages } from '../../i18n/messages.ts'
import { FavouritesSection } from './favourites.tsx'
import { LiveSection } from './live-counts.tsx'
import { MissedSection } from './missed.tsx'
import { Problems } from './problems.tsx'
import { RecentSection } from './recent.tsx'
import { StatusSection } from './status.tsx'
import styles from './today.module.css'

/** What a person wants to know first: what does not work, who has called, and who is there. */
export function TodayScreen() {
  const { screens } = useMessages(appMessages)
  const { claims } = useConsole()
  return (
    <>
      <h1>{screens.today}</h1>
      <Problems />
      <div className={styles.columns}>
        {claims.extension !== undefined && <StatusSection extension={claims.extension} />}
        <MissedSection />
        {claims.role !== 'user' && <LiveSection />}
        <RecentSection />
        <FavouritesSection />
      </div>
    </>
  )
}
