import { DispositionsForm } from './dispositions-form.tsx'
import { ScriptForm } from './script-form.tsx'

/** What agents see of a campaign beside the lead. */
export const CampaignTexts = ({ id }: { id: string }) => (
  <>
    <ScriptForm id={id} />
    <DispositionsForm id={id} />
  </>
)
