// *Anslutningen*: which tenant, what the app may read there, and who gave consent.
import { useTranslation } from 'react-i18next';
import type { Connection } from '../../../../src/contract/api-connection.ts';
import { Facts } from '../../ui/facts.tsx';
import { useFormat } from '../../ui/format.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { Tag } from '../../ui/tag.tsx';
import classes from './entra.module.css';

export function ConnectionFacts({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const { date } = useFormat();
  const isBlocked = connection.status === 'blocked';
  const domain = connection.tenantDomains[0];
  const { credentialExpiresAt: expiresAt } = connection;
  return (
    <Sheet title={t(($) => $.overview.connection.title)}>
      <Facts
        items={[
          [
            t(($) => $.overview.connection.state),
            <Tag key="state" tone={isBlocked ? 'bad' : 'ok'}>
              {isBlocked ? t(($) => $.overview.connection.troubled) : t(($) => $.overview.connection.works)}
            </Tag>,
          ],
          [
            t(($) => $.overview.connection.tenant),
            domain === undefined ? connection.tenantName : `${connection.tenantName} · ${domain}`,
          ],
          [
            t(($) => $.overview.connection.permissions),
            <span key="permissions" className={classes.fact}>
              {t(($) => $.overview.connection.permissionsText)}
              <Tag tone="ok">{t(($) => $.overview.connection.readOnly)}</Tag>
            </span>,
          ],
          [
            t(($) => $.overview.connection.consentedBy),
            t(($) => $.overview.connection.consented, {
              name: connection.consentedBy,
              date: date(connection.consentedAt),
            }),
          ],
          [
            t(($) => $.overview.connection.credential),
            expiresAt === null ? null : t(($) => $.overview.connection.credentialUntil, { date: date(expiresAt) }),
          ],
        ]}
      />
    </Sheet>
  );
}
