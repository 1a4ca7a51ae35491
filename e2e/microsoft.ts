// What a person does on the pages that stand in for Microsoft's.
import type { Page } from 'playwright-core';

export async function chooseAccount(page: Page, upn: string): Promise<void> {
  await page.getByTestId('account').fill(upn);
  await page.getByTestId('next').click();
}

export const accept = (page: Page) => page.getByTestId('consent-accept').click();
export const decline = (page: Page) => page.getByTestId('consent-cancel').click();
