// Every error of the closed list that an administrator can meet, brought about for real and read on its page, whole and in both
// languages. test/error-list.test.ts sees to it that no code is left out.
import { describe, expect, test } from 'vitest';
import { startAfresh, type ErrorCase, type Scene } from './error-case.ts';
import { errorCases } from './error-cases.ts';
import { eventually, shoot, visit } from './visitor.ts';
import { useWorld } from './world.ts';

const world = await useWorld();

/** Title, next step and Microsoft's number, as a person sees them. */
async function readOnPage({ visitor }: Scene, { code }: ErrorCase, quoted: string | undefined): Promise<void> {
  const { page, words, language } = visitor;
  const { title, next } = words.errors[code];
  await eventually(async () => {
    const shown = await page.locator('body').innerText();
    expect(shown).toContain(title);
    expect(shown).toContain(next);
    if (quoted !== undefined) expect(shown).toContain(quoted);
  }, 40_000);
  await shoot(visitor, `error-${code}-${language}`);
}

describe.each(['sv', 'en'] as const)('in %s', (language) => {
  for (const [part, { signedIn, cases, isConsent = false }] of Object.entries(errorCases)) {
    describe(part, () => {
      for (const one of cases) {
        test(`${one.code} is told in words, with the next step`, async () => {
          const scene = { world, visitor: await visit(world, signedIn ? { language } : { language, as: null }) };
          await startAfresh(scene, !isConsent);
          try {
            await readOnPage(scene, one, (await one.meet(scene)) ?? undefined);
          } finally {
            await one.after?.(scene);
          }
        });
      }
    });
  }
});
