import { SelectField } from '../../components/field.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { adminMessages } from './messages.ts'

export const ROLES = ['user', 'supervisor', 'admin'] as const
export type Role = (typeof ROLES)[number]

export const toRole = (value: unknown): Role | undefined => ROLES.find((role) => role === value)

/** The role in a form. */
export function RoleField({
  role = 'user',
  error,
  onChange,
}: {
  role?: Role
  error?: string | undefined
  onChange?(role: Role): void
}) {
  const texts = useMessages(adminMessages)
  return (
    <SelectField
      label={texts.role}
      name="role"
      defaultValue={role}
      error={error}
      onChange={(event) => onChange?.(toRole(event.target.value) ?? 'user')}
    >
      {ROLES.map((one) => (
        <option key={one} value={one}>
          {texts.roles[one]}
        </option>
      ))}
    </SelectField>
  )
}
