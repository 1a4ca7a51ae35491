// Where a notice leads, as a full address for a mail. The same pages as in the web app's paths.ts, which a test compares.
import type { NotificationTarget } from '../contract/api-notifications.ts';

export function addressOfTarget(
  publicUrl: string,
  organisationId: string,
  { target, targetId }: { target: NotificationTarget; targetId: string | null },
): string {
  const entra = `${publicUrl}/settings/${encodeURIComponent(organisationId)}/entra`;
  switch (target) {
    case 'available':
    case 'gone':
      return `${entra}/users?list=${target}`;
    case 'run':
      return targetId === null ? `${entra}/runs` : `${entra}/runs/${encodeURIComponent(targetId)}`;
    case 'overview':
      return `${entra}/overview`;
    case 'connect':
      return `${entra}/connect`;
  }
}
