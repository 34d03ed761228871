import { Fragment } from 'react'
import styles from './admin.module.css'

/** Names with their values in one flow. Values are texts of users, whatever direction of writing they have. */
export const Facts = ({ facts }: { facts: readonly (readonly [name: string, value: string | null])[] }) => (
  <dl className={styles.facts}>
    {facts.map(([name, value]) =>
      value === null || value === '' ? (
        <Fragment key={name} />
      ) : (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </div>
      ),
    )}
  </dl>
)
