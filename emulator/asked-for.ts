// Says aloud what applications ask for beyond reading one thing or another: permissions, and writes. Whoever judges that an application asks for
// no more than it should (a test of it, above all) listens on the channel; the emulator itself answers as Microsoft does.
import { channel } from 'node:diagnostics_channel';

export interface AskedFor {
  /** `sign-in` and `token`: the scope · `consent`: the scope, or what was granted by it, in order · `write`: method and route. */
  kind: 'sign-in' | 'token' | 'consent' | 'granted' | 'write';
  what: string;
}

export const askedForChannel = 'emulator:asked-for';
const askedFor = channel(askedForChannel);

export const sayAskedFor = (said: AskedFor): void => askedFor.publish(said);
