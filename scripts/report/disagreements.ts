// The report's list of where emulator, client and reference disagreed, read from the document that keeps it.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const fields = ['What', 'Line', 'Wrong', 'Mended', 'Test'] as const;

export function describeDisagreements(root: string): { lines: string[]; missing: string[] } {
  const text = readFileSync(path.join(root, 'docs/protocol-disagreements.md'), 'utf8');
  const entries = text.split(/^## /m).slice(1);
  const missing: string[] = [];
  const lines = entries.flatMap((entry) => {
    const title = entry.split('\n')[0] ?? '';
    return [
      title,
      ...fields.map((field) => {
        const said = new RegExp(`^- \\*\\*${field}:\\*\\* (.+)$`, 'm').exec(entry)?.[1];
        if (said === undefined) missing.push(`"${field}" of the disagreement "${title}"`);
        return `     ${field.toLowerCase().padEnd(7)} ${said ?? '-'}`;
      }),
    ];
  });
  return { lines: [`${entries.length} disagreements`, ...lines], missing };
}
