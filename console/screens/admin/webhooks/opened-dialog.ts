import type { Wire } from '../../../api/client.ts'

/** What is open above the list. */
export type OpenedDialog =
  | { action: 'create' }
  | { action: 'edit' | 'rotate' | 'remove'; webhook: Wire<'Webhook'> }
