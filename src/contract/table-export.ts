// A list as a file: what every route that answers one takes. CSV for whatever reads it, XLSX without loss.
import { z } from 'zod';
import { languageSchema } from './common.ts';

export const exportFormats = ['csv', 'xlsx'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** `language` is that of the page: headings and words of the file are in it. */
export const exportBody = z.object({ format: z.enum(exportFormats), language: languageSchema });

/** So many files may one person have made in an hour. */
export const exportsPerHour = 6;
