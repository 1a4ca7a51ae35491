// What a table is, for whoever writes one to a file (csv.ts, xlsx.ts).

/** Text, or nothing. Numbers and times are written as the reader of the file should see them. */
export type Cell = string | null;

/** `width` in characters, for the forms that have one. */
export type Columns = readonly { header: string; width?: number }[];

/** Read as they are written: a table may be longer than the memory. */
export type Rows = AsyncIterable<readonly Cell[]>;
