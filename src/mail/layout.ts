// The shape of a mail: the same content once as text and once as HTML that old mail programs show too (tables, styles in place,
// nothing fetched from anywhere).
import type { Language } from '../contract/common.ts';

export interface Letter {
  language: Language;
  greeting: string;
  lead: string | null;
  sections: { title: string; text: string; link: { label: string; address: string } | null }[];
  footer: string;
}

export function layOut(letter: Letter): { text: string; html: string } {
  return { text: asText(letter), html: asHtml(letter) };
}

function asText({ greeting, lead, sections, footer }: Letter): string {
  const parts = sections.map(({ title, text, link }) =>
    [title, text, ...(link ? [`${link.label}: ${link.address}`] : [])].join('\n'),
  );
  return [greeting, ...(lead === null ? [] : [lead]), ...parts, `-- \n${footer}`].join('\n\n') + '\n';
}

const font = "font-family:Inter,'Segoe UI',Helvetica,Arial,sans-serif";
const ink = '#1c2426';
const quiet = '#5b676b';
const fjord = '#0b5c66';
const line = '#dde3e4';

function asHtml({ language, greeting, lead, sections, footer }: Letter): string {
  const paragraph = (text: string) => `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`;
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light"></head>
<body style="margin:0;padding:0;background:#f5f7f7">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f5f7f7"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border:1px solid ${line};border-radius:8px">
<tr><td style="padding:24px 32px 0;${font};font-size:15px;font-weight:600;color:${fjord}">Samsyn</td></tr>
<tr><td style="padding:16px 32px 8px;${font};font-size:15px;line-height:1.5;color:${ink}">
${paragraph(greeting)}${lead === null ? '' : paragraph(lead)}
${sections.map(sectionHtml).join('\n')}
</td></tr>
<tr><td style="padding:16px 32px 24px;border-top:1px solid ${line};${font};font-size:13px;line-height:1.5;color:${quiet}">${escapeHtml(footer)}</td></tr>
</table>
</td></tr></table>
</body>
</html>
`;
}

function sectionHtml({ title, text, link }: Letter['sections'][number]): string {
  const action =
    link === null
      ? ''
      : `<p style="margin:12px 0 0"><a href="${escapeHtml(link.address)}" style="display:inline-block;padding:8px 16px;border-radius:8px;background:${fjord};color:#ffffff;text-decoration:none;font-weight:600">${escapeHtml(link.label)}</a></p>`;
  return `<div style="margin:0 0 20px;padding:16px 0 0;border-top:1px solid ${line}">
<h2 style="margin:0 0 4px;font-size:17px;line-height:1.35;color:${ink}">${escapeHtml(title)}</h2>
<p style="margin:0;color:${ink}">${escapeHtml(text)}</p>${action}
</div>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
