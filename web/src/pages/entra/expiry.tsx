// Told before it stops anything: the secret or certificate by which the app signs in at Microsoft runs out within two months.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Connection } from '../../../../src/contract/api-connection.ts';
import { useFormat } from '../../ui/format.ts';
import { Say } from '../../ui/say.tsx';

const dayMilliseconds = 86_400_000;
const warnDaysAhead = 60;

export function Expiry({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const { date } = useFormat();
  const [now] = useState(() => Date.now());
  const { credentialExpiresAt: expiresAt } = connection;
  if (expiresAt === null) return null;
  const days = Math.ceil((Date.parse(expiresAt) - now) / dayMilliseconds);
  if (days > warnDaysAhead) return null;
  if (days <= 0) {
    return (
      <Say tone="bad" title={t(($) => $.overview.state.expires.titleExpired)}>
        {t(($) => $.overview.state.expires.expired, { date: date(expiresAt) })}
      </Say>
    );
  }
  return (
    <Say tone="hold" title={t(($) => $.overview.state.expires.title, { count: days })}>
      {t(($) => $.overview.state.expires.text, { date: date(expiresAt) })}
    </Say>
  );
}
