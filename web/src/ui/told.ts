// A short word at the foot of the page after something was done, or could not be.
import { notifications } from '@mantine/notifications';
import { i18n } from '../language.ts';

export function tell(message: string): void {
  notifications.show({ ...look(), message, color: 'fjord', role: 'status' });
}

/** What did not work stays until it is read and closed. */
export function tellProblem(message: string): void {
  notifications.show({ ...look(), message, color: 'brick', role: 'alert', autoClose: false });
}

const look = () => ({
  withBorder: false,
  closeButtonProps: { 'aria-label': i18n.t(($) => $.shell.action.close) },
});
