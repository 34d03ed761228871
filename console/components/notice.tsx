import type { ReactNode } from 'react'
import { classNames } from './button.tsx'
import styles from './notice.module.css'

interface NoticeProps {
  tone?: 'info' | 'warning' | 'danger' | 'success'
  children: ReactNode
}

/** A message in the flow of the page. Failures are announced at once, others when the reader is idle. */
export const Notice = ({ tone = 'info', children }: NoticeProps) => (
  <div
    role={tone === 'danger' ? 'alert' : 'status'}
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
