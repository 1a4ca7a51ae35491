// *Notiser* as a tab.
import { NoticesForm } from './notices-form.tsx';
import { SettingsTab } from './settings-part.tsx';

export function EntraNotices() {
  return <SettingsTab>{(form) => <NoticesForm {...form} />}</SettingsTab>;
}
