// *Fält* as a tab.
import { FieldsForm } from './fields-form.tsx';
import { SettingsTab } from './settings-part.tsx';

export function EntraFields() {
  return <SettingsTab>{(form) => <FieldsForm {...form} />}</SettingsTab>;
}
