// *Grupper* as a tab.
import { GroupsForm } from './groups-form.tsx';
import { SettingsTab } from './settings-part.tsx';

export function EntraGroups() {
  return <SettingsTab>{(form) => <GroupsForm {...form} />}</SettingsTab>;
}
