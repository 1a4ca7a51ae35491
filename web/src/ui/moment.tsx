// A point in time in words, with the machine's form for those who need it.
import { useFormat } from './format.ts';

export function Moment({ at }: { at: string }) {
  const { moment } = useFormat();
  return <time dateTime={at}>{moment(at)}</time>;
}
