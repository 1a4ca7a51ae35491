// The English catalogue.
import type { Catalogue } from './catalogue.ts';
import { errors } from './en/errors.ts';

export const en: Catalogue = {
  errors,
};
