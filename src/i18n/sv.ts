// The Swedish catalogue: one file a section, named after the page or the room that speaks it.
import { errors } from './sv/errors.ts';

export const sv = {
  errors,
} as const;
