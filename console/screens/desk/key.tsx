import styles from './desk.module.css'

/** The key of a button, for the eye: screen readers have the list of shortcuts. */
export const Key = ({ name }: { name: string }) => (
  <span className={styles.key} aria-hidden="true">
    {name}
  </span>
)
