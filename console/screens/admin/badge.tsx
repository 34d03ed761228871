import type { ReactNode } from 'react'
import styles from './admin.module.css'

/** A state, by its word and its colour. */
export const Badge = ({
  tone = 'info',
  children,
}: {
  tone?: 'info' | 'success' | 'warning' | 'danger'
  children: ReactNode
}) => (
  <span className={styles.badge} data-tone={tone}>
    {children}
  </span>
)
