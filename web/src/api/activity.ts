// Whether somebody sits at the page: calls that it makes by itself meanwhile must not keep an administrator's session alive (T22).

const quietAfterMilliseconds = 60_000;
const deeds = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

let latest = performance.now();
for (const deed of deeds)
  window.addEventListener(deed, () => (latest = performance.now()), { capture: true, passive: true });

/** Nobody has touched the page for a minute. */
export const isQuiet = (): boolean => performance.now() - latest > quietAfterMilliseconds;
