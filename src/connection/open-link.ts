// What a colleague does with a connect link before anything of Microsoft's: opens it in some browser, and goes on or says no.
import { recordAudit } from '../audit/record.ts';
import { AppError } from '../contract/errors.ts';
import { inOrganisation } from '../db/transaction.ts';
import { getAsker, requireUsableLink } from './connect-link.ts';
import type { ConnectionDeps } from './deps.ts';
import { findFlow, insertFlow } from './flow.ts';
import { tellAsker } from './link-life.ts';
import { readSecret } from './secrets.ts';

/** The landing page. Binds the link to this browser by the cookie that is returned; the first opening is told to the asker. */
export async function openConnectLink(deps: ConnectionDeps, input: { token: string; cookie: string | null }) {
  const secret = readSecret(input.token);
  if (!secret) throw new AppError('connect_link_invalid');
  const { organisationId } = secret;
  const now = deps.clock.now();
  return inOrganisation(deps.db, organisationId, async (tx) => {
    const link = await requireUsableLink(tx, organisationId, { tokenHash: secret.hash }, now);
    const { asker, organisationName } = await getAsker(tx, organisationId, link.created_by);
    if (!link.opened_at) {
      await tx
        .updateTable('connect_link')
        .set({ opened_at: now })
        .where('organisation_id', '=', organisationId)
        .where('id', '=', link.id)
        .execute();
      await tellAsker(deps, tx, link, { kind: 'connect_link_opened' });
    }
    // Opened again in the same browser: the flow under way goes on.
    const known = await findFlow(tx, input.cookie, now);
    const isSame = known !== null && known.connect_link_id === link.id && known.step !== 'connected';
    const cookie = isSame
      ? null
      : (await insertFlow(tx, { organisationId, askedBy: link.created_by, linkId: link.id, step: 'opened', now }))
          .cookie;
    return { cookie, organisationName, askedBy: asker, expiresAt: link.expires_at.toISOString() };
  });
}

/** The colleague says no: the link is dead, and the asker is told. */
export async function declineConnectLink(deps: ConnectionDeps, cookie: string | null): Promise<void> {
  const secret = readSecret(cookie);
  if (!secret) throw new AppError('connect_flow_missing');
  const now = deps.clock.now();
  await inOrganisation(deps.db, secret.organisationId, async (tx) => {
    const flow = await findFlow(tx, cookie, now, { lock: true });
    if (!flow?.connect_link_id) throw new AppError('connect_flow_missing');
    const link = await requireUsableLink(tx, flow.organisation_id, { id: flow.connect_link_id }, now);
    await tx
      .updateTable('connect_link')
      .set({ declined_at: now, declined_by: 'colleague' })
      .where('organisation_id', '=', link.organisation_id)
      .where('id', '=', link.id)
      .execute();
    await tx
      .updateTable('connect_flow')
      .set({ step: 'failed', error_code: 'connect_declined', state_hash: null, sealed_sign_in: null })
      .where('organisation_id', '=', flow.organisation_id)
      .where('id', '=', flow.id)
      .execute();
    await recordAudit(tx, {
      organisationId: link.organisation_id,
      actor: null,
      actorName: 'connect link',
      action: 'connect_link.declined',
      subject: link.id,
    });
    await tellAsker(deps, tx, link, { kind: 'connect_link_declined' });
  });
}
