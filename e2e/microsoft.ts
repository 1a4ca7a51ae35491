// What a person does on the pages that stand in for Microsoft's.
import type { Page } from 'playwright-core';

export async function chooseAccount(page: Page, upn: string): Promise<void> {
  await page.getByTestId('account').fill(upn);
  await page.getByTestId('next').click();
}

/** Instead of signing in. */
export const cancel = (page: Page) => page.getByTestId('cancel').click();
export const accept = (page: Page) => page.getByTestId('consent-accept').click();
export const decline = (page: Page) => page.getByTestId('consent-cancel').click();
/** From the page that sends somebody away who may not consent. */
export const goBack = (page: Page) => page.getByTestId('consent-back').click();
