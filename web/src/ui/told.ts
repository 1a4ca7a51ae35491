// A short word at the foot of the page after something was done.
import { notifications } from '@mantine/notifications';

export function tell(message: string): void {
  notifications.show({ message, color: 'fjord', withBorder: false, role: 'status' });
}
