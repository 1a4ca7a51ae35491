// Small schemas that several routes share.
import { z } from 'zod';

/** In small letters, as the database has them: ids are compared as texts. */
export const idSchema = z.uuid().toLowerCase();
export const organisationParams = z.object({ organisationId: idSchema });
export const languageSchema = z.enum(['sv', 'en']);
export type Language = z.infer<typeof languageSchema>;

/** What somebody looks for: a control character is no more than a space. */
export const searchSchema = z
  .string()
  .max(200)
  .overwrite((text) => text.replace(/\p{Cc}/gu, ' ').trim());

export const pageSizeDefault = 50;
export const pageSizeMax = 200;
/** Bulk actions take at most this many people at once. */
export const selectionMax = 1000;

/** Keyset paging: `after` is the opaque `next` of the page before. */
export const pageQuery = z.object({
  search: searchSchema.optional(),
  // Holds the name of the last person shown, which may be two fields long.
  after: z.string().max(10_000).optional(),
  limit: z.coerce.number().int().min(1).max(pageSizeMax).default(pageSizeDefault),
});
export type PageQuery = z.infer<typeof pageQuery>;

/** `total` is exact up to 1000 and capped there (`totalIsCapped`). */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable(),
    total: z.number().int(),
    totalIsCapped: z.boolean(),
  });
}
export interface Page<T> {
  items: T[];
  next: string | null;
  total: number;
  totalIsCapped: boolean;
}

/** Points in time travel as ISO 8601 in UTC. */
export const timeSchema = z.iso.datetime();
export const emailSchema = z.email().max(254);
