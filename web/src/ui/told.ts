// A short word at the foot of the page after something was done.
import { notifications } from '@mantine/notifications';
import { i18n } from '../language.ts';

export function tell(message: string): void {
  const closeButtonProps = { 'aria-label': i18n.t(($) => $.shell.action.close) };
  notifications.show({ message, color: 'fjord', withBorder: false, role: 'status', closeButtonProps });
}
