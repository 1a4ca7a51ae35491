// A row that goes away takes the keyboard with it: it goes on at the next row's button, else at the one before, and from the last
// row at what adds rows.
export function focusNeighbour(button: HTMLElement): void {
  const row = button.closest('li, tr');
  const rows = [...(row?.parentElement?.children ?? [])];
  const at = rows.findIndex((one) => one === row);
  const others = [...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at)).toReversed()];
  for (const one of others) {
    // The last button of a row is the one that adds or removes it.
    const target = [...one.querySelectorAll<HTMLElement>('button[data-row-action]')].at(-1);
    if (target === undefined) continue;
    target.focus();
    return;
  }
  for (let part = row?.parentElement; part; part = part.parentElement) {
    const target = part.querySelector<HTMLElement>('[data-adds-rows], input[type="search"]');
    if (target === null) continue;
    target.focus();
    return;
  }
}
