// A number that leads to the list behind it.
import { AppLink } from './app-link.tsx';
import { useFormat } from './format.ts';
import classes from './ui.module.css';

interface FigureProps {
  value: number | null;
  label: string;
  /** The list behind the number; without it, only a number. */
  to?: string;
  /** Colours a number above zero that asks for a decision. */
  tone?: 'hold' | 'bad';
  /** For a list on the same page. */
  keepScroll?: boolean;
}

export function Figure({ value, label, to, tone, keepScroll = false }: FigureProps) {
  const { number } = useFormat();
  const toned =
    tone !== undefined && (value ?? 0) > 0 ? (tone === 'hold' ? classes.figureHold : classes.figureBad) : '';
  const className = `${classes.sheet} ${classes.figure} ${toned}`;
  const content = (
    <>
      <b>{value === null ? '–' : number(value)}</b>
      <span>{label}</span>
    </>
  );
  if (to === undefined) return <div className={className}>{content}</div>;
  return (
    <AppLink to={to} className={className} keepScroll={keepScroll}>
      {content}
    </AppLink>
  );
}
