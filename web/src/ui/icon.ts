// Tabler's icons in one stroke, hidden from screen readers: the words beside them say it.
export const iconProps = { size: 18, stroke: 1.6, 'aria-hidden': true } as const;
