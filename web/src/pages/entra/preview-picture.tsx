// A preview as a picture: how many of each kind, and which fields change for how many, each leading to its rows.
import { useTranslation } from 'react-i18next';
import type { Preview, PreviewKind } from '../../../../src/contract/api-preview.ts';
import type { TargetField } from '../../../../src/contract/settings.ts';
import { useFieldLabel } from '../../forms/field-labels.ts';
import { paths } from '../../paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { Figure } from '../../ui/figure.tsx';
import { useFormat } from '../../ui/format.ts';
import { ScreenReader } from '../../ui/screen-reader.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import classes from './entra.module.css';
import looks from './trust.module.css';

interface PictureProps {
  organisationId: string;
  preview: Preview;
}

export function PreviewPicture({ organisationId, preview }: PictureProps) {
  const { t } = useTranslation();
  const { counts, run } = preview;
  const to = (kind: PreviewKind) => `${paths.entraPreview(organisationId, run.id)}?kind=${kind}`;
  return (
    <>
      <ul className={`${classes.figures} ${looks.figures}`} aria-label={t(($) => $.preview.figures)}>
        <li>
          <Figure
            value={counts.people}
            label={
              counts.people === counts.peopleBefore
                ? t(($) => $.preview.people)
                : t(($) => $.preview.peopleBefore, { before: counts.peopleBefore })
            }
          />
        </li>
        <li>
          <Figure
            value={counts.changed}
            label={`${t(($) => $.preview.figure.changed, { count: counts.changed })}${
              counts.changed === 0
                ? ''
                : ` ${t(($) => $.preview.figure.changedPeople, { count: counts.changedPeople })}`
            }`}
            to={to('changed')}
            keepScroll
          />
        </li>
        <li>
          <Figure
            value={counts.new}
            label={t(($) => $.preview.figure.new, { count: counts.new })}
            to={to('new')}
            keepScroll
          />
        </li>
        <li>
          <Figure value={counts.gone} label={t(($) => $.preview.figure.gone)} to={to('gone')} tone="hold" keepScroll />
        </li>
        <li>
          <Figure value={counts.returned} label={t(($) => $.preview.figure.returned)} to={to('returned')} keepScroll />
        </li>
        <li>
          <Figure
            value={counts.clash}
            label={t(($) => $.preview.figure.clash)}
            to={to('clash')}
            tone="hold"
            keepScroll
          />
        </li>
      </ul>
      {preview.fields.length > 0 && <Fields organisationId={organisationId} preview={preview} />}
    </>
  );
}

/** A bar for each field: filled in, replaced, emptied. The longest fills the width. */
function Fields({ organisationId, preview: { fields, run } }: PictureProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const label = useFieldLabel(organisationId);
  const most = Math.max(...fields.map(({ changed }) => changed));
  const rows = fields.toSorted((one, other) => other.changed - one.changed);
  const to = (field: TargetField) =>
    `${paths.entraPreview(organisationId, run.id)}?${new URLSearchParams({ kind: 'changed', field }).toString()}`;
  const width = (count: number) => ({ width: `${(count / most) * 100}%` });
  return (
    <Sheet title={t(($) => $.preview.fields.title)} lead={t(($) => $.preview.fields.lead)}>
      <ul className={looks.fields} aria-label={t(($) => $.preview.fields.list)}>
        {rows.map(({ field, changed, filled, emptied }) => (
          <li key={field}>
            <AppLink to={to(field)} keepScroll className={looks.field}>
              <span className={looks.fieldName}>{label(field)}</span>
              <span className={looks.track} aria-hidden>
                {changed > filled + emptied && (
                  <span className={looks.replaced} style={width(changed - filled - emptied)} />
                )}
                {filled > 0 && <span className={looks.filled} style={width(filled)} />}
                {emptied > 0 && <span className={looks.emptied} style={width(emptied)} />}
              </span>
              <span className={looks.fieldCount}>
                {number(changed)}
                <ScreenReader> {t(($) => $.preview.fields.row, { count: changed, filled, emptied })}</ScreenReader>
              </span>
            </AppLink>
          </li>
        ))}
      </ul>
      <p className={looks.legend} aria-hidden>
        <span>
          <span className={`${looks.mark} ${looks.replaced}`} /> {t(($) => $.preview.fields.replaced)}
        </span>
        <span>
          <span className={`${looks.mark} ${looks.filled}`} /> {t(($) => $.preview.fields.filled)}
        </span>
        <span>
          <span className={`${looks.mark} ${looks.emptied}`} /> {t(($) => $.preview.fields.emptied)}
        </span>
      </p>
    </Sheet>
  );
}
