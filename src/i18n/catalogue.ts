// The shape that every language has to fill: Swedish is written first, and a key missing in English is a compile error.
import type { sv } from './sv.ts';

type Words<T> = { readonly [K in keyof T]: T[K] extends string ? string : Words<T[K]> };

export type Catalogue = Words<typeof sv>;
/** The same for one section's file: `export const shell: Section<typeof sv.shell> = { … }`. */
export type Section<T> = Words<T>;
