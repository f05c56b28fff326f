import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** More places to stop at than any screen has. */
const MOST = 150;

/** Presses Tab until this has the focus, which must then be seen. @throws Error when Tab never comes there */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let pressed = 0; pressed <= MOST; pressed += 1) {
    if (await hasFocus(target)) return expectFocusSeen(target);
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not come to ${target.toString()}`);
}

/** Tab to a button, a link or a tab, and Enter. */
export async function pressKey(page: Page, target: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

/** Tab to a field, and type into it what it shall say instead of what it says. */
export async function typeInto(page: Page, target: Locator, words: string): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.type(words);
}

/** Chooses one of a few: Tab to the one that is chosen now, and the arrow keys. */
export async function chooseRadio(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  const isNear = () =>
    target.evaluate((own) => (document.activeElement as HTMLInputElement)?.name === (own as HTMLInputElement).name);
  for (let pressed = 0; !(await isNear()); pressed += 1) {
    if (pressed > MOST) throw new Error(`Tab does not come to ${target.toString()}`);
    await page.keyboard.press('Tab');
  }
  for (let pressed = 0; pressed < 10 && !(await target.isChecked()); pressed += 1)
    await page.keyboard.press('ArrowDown');
  expect(await target.isChecked()).toBe(true);
}

/** Chooses an entry of a list that opens, by its first letters. */
export async function chooseOption(page: Page, target: Locator, label: string): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.type(label);
  expect(await target.locator('option:checked').textContent()).toBe(label);
}

const hasFocus = (target: Locator): Promise<boolean> =>
  target.evaluate((own) => own === document.activeElement || own.contains(document.activeElement));

/** A ring of 2 px around what has the focus, or around the card that it is the dot of. */
async function expectFocusSeen(target: Locator): Promise<void> {
  const ring = await target.evaluate(() => {
    const own = document.activeElement;
    const widths = [own, own?.closest('label, .choice')].map((each) => {
      if (!each) return 0;
      const { outlineStyle, outlineWidth } = getComputedStyle(each);
      return outlineStyle === 'none' ? 0 : Number.parseFloat(outlineWidth);
    });
    return Math.max(...widths);
  });
  expect(ring, `the focus is not seen on ${target.toString()}`).toBeGreaterThanOrEqual(2);
}
