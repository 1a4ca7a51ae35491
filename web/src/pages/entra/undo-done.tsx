// What was taken back, with the way to take back that.
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { undo } from '../../../../src/contract/api-undo.ts';
import type { Output } from '../../api/client.ts';
import { paths } from '../../paths.ts';
import { LinkButton } from '../../ui/app-link.tsx';
import { Say } from '../../ui/say.tsx';
import type { Undoing } from './undoing.ts';

interface UndoDoneProps {
  undoing: Undoing;
  result: Output<typeof undo>;
  /** Back to what was left alone. */
  onShowLeft: () => void;
}

export function UndoDone({ undoing, result, onShowLeft }: UndoDoneProps) {
  const { t } = useTranslation();
  const { organisationId, kind, id, appUserId } = undoing;
  const { fields, links, createdUsers, leftAlone, undoId } = result;
  return (
    <Say
      tone="ok"
      title={t(($) => $.undo.done.title)}
      live
      action={
        <>
          <LinkButton
            to={paths.entraUndo(organisationId, 'undo', undoId, appUserId ?? undefined)}
            size="xs"
            variant="default"
          >
            {t(($) => $.undo.done.again)}
          </LinkButton>
          {appUserId !== null && fields > 0 && (
            <LinkButton to={paths.user(organisationId, appUserId)} size="xs" variant="default">
              {t(($) => $.undo.done.except)}
            </LinkButton>
          )}
          {leftAlone > 0 && (
            <Button size="xs" variant="default" onClick={onShowLeft}>
              {t(($) => $.undo.done.showLeft)}
            </Button>
          )}
          {kind === 'run' && (
            <LinkButton to={paths.entraRun(organisationId, id)} size="xs" variant="default">
              {t(($) => $.undo.done.back)}
            </LinkButton>
          )}
        </>
      }
    >
      {[
        ...(fields > 0 ? [t(($) => $.undo.done.fields, { count: fields })] : []),
        ...(links > 0 ? [t(($) => $.undo.done.links, { count: links })] : []),
        ...(createdUsers > 0
          ? [t(($) => $.undo.done[kind === 'undo' ? 'users' : 'createdUsers'], { count: createdUsers })]
          : []),
        ...(leftAlone > 0 ? [t(($) => $.undo.done.left, { count: leftAlone })] : []),
      ].join(' ')}
    </Say>
  );
}
