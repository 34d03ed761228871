import type { ReactNode } from 'react'
import { classNames } from './button.tsx'
import styles from './notice.module.css'

interface NoticeProps {
  tone?: 'info' | 'warning' | 'danger' | 'success'
  /** Not announced: it changes often, or was announced otherwise. */
  isSilent?: boolean
  children: ReactNode
}

/** A message in the flow of the page. Failures are announced at once, others when the reader is idle. */
export const Notice = ({ tone = 'info', isSilent = false, children }: NoticeProps) => (
  <div
    role={isSilent ? undefined : tone === 'danger' ? 'alert' : 'status'}
    className={classNames(styles.notice, tone !== 'info' && styles[tone])}
  >
    {children}
  </div>
)

/** What stands in place of a list that has nothing to show: empty, loading, failed or not permitted. */
export const EmptyState = ({ title, children }: { title: string; children?: ReactNode }) => (
  <div className={styles.state}>
    <p className={styles.title}>{title}</p>
    {children}
  </div>
)
