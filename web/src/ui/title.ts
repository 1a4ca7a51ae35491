// The document's title: what the page is called, and in which app.
export function titleOf(page: string): string {
  return `${page.replace(/\.$/, '')} · Samsyn`;
}
