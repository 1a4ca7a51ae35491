// The doctor's steps on the way to Microsoft: both hosts answer as what they should be, they are of one cloud, and the clocks agree.
import type { Clock } from '../base/clock.ts';
import type { Config } from '../config.ts';
import type { Examiner } from '../graph/examine.ts';
import { GraphFailure } from '../graph/failures.ts';
import { failed, ok, skipped, warning, type Finding, type Step } from './finding.ts';

// Entra ID refuses what was signed more than five minutes off; a minute is more than a working time service leaves.
const warnSkewSeconds = 60;
const failSkewSeconds = 300;

export interface Hosts {
  /** Set by the steps: whether it makes sense to ask further. */
  login: boolean;
  graph: boolean;
}

export function microsoftSteps({ entra }: Config, examiner: Examiner, clock: Clock): { steps: Step[]; hosts: Hosts } {
  const hosts: Hosts = { login: false, graph: false };
  let aheadSeconds: number | undefined;

  const steps: Step[] = [
    {
      name: 'login host',
      async find() {
        const found = await reach(entra.loginUrl, 'SAMSYN_ENTRA_LOGIN_URL', () => examiner.discover('organizations'));
        if ('status' in found && 'text' in found) return found;
        if (found.kind !== 'found')
          return failed(
            `${entra.loginUrl} answers, but not as Microsoft's login does${found.kind === 'strange' ? ` (status ${found.status})` : ''}: check SAMSYN_ENTRA_LOGIN_URL, and whether a proxy stands between`,
          );
        const date = Date.parse(found.date ?? '');
        if (!Number.isNaN(date)) aheadSeconds = Math.round((clock.now().getTime() - date) / 1000);
        if (found.issuer !== examiner.issuerTemplate)
          return failed(
            `${entra.loginUrl} speaks for ${found.issuer}, and ${examiner.issuerTemplate} was expected: check SAMSYN_ENTRA_LOGIN_URL`,
          );
        hosts.login = true;
        return ok(`${entra.loginUrl} answers`);
      },
    },
    {
      name: 'Graph host',
      async find() {
        const found = await reach(entra.graphUrl, 'SAMSYN_GRAPH_URL', () => examiner.findGraph());
        if ('text' in found) return found;
        if (!found.isGraph)
          return failed(
            `${entra.graphUrl} answers, but not as Microsoft Graph does (status ${found.status}): check SAMSYN_GRAPH_URL, and whether a proxy stands between`,
          );
        if (!examiner.isOneCloud)
          return failed(
            `${entra.graphUrl} and ${entra.loginUrl} are not of the same cloud: leave both out and set SAMSYN_CLOUD (global, us-gov, us-gov-dod or china), as docs/operating.md tells`,
          );
        hosts.graph = true;
        return ok(`${entra.graphUrl} answers`);
      },
    },
    {
      name: 'clock',
      find: async () => {
        if (aheadSeconds === undefined) return skipped('needs the login host');
        return aboutClock(aheadSeconds);
      },
    },
  ];
  return { steps, hosts };
}

async function reach<T>(address: string, option: string, ask: () => Promise<T>): Promise<T | Finding> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof GraphFailure)) throw error;
    const why = error.graphCode === null ? '' : ` (${error.graphCode})`;
    if (error.code === 'graph_certificate')
      return failed(
        `${address} shows a certificate that is not accepted${why}: check the clock, and whether a proxy opens the traffic; an authority of your own is named by NODE_EXTRA_CA_CERTS=FILE`,
      );
    return failed(
      `${address} cannot be reached${why}: let this server out to it over HTTPS, and check name service, proxy and ${option}`,
    );
  }
}

function aboutClock(aheadSeconds: number): Finding {
  const off = Math.abs(aheadSeconds);
  const text = `this machine's clock is ${off} s ${aheadSeconds > 0 ? 'ahead of' : 'behind'} Microsoft's`;
  if (off > failSkewSeconds)
    return failed(`${text}, and signing in does not work so: set it, and turn on a time service`);
  if (off > warnSkewSeconds) return warning(`${text}: turn on a time service (NTP)`);
  return ok(off === 0 ? "the same as Microsoft's" : text);
}
