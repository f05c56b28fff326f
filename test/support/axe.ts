import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const SCRIPT = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What can differ between looks of one page: colours, and how large things come out. */
const LOOKS_RULES = ['color-contrast', 'link-in-text-block', 'target-size'];

/**
 * What axe finds wrong with the page as it is now: the rule, and the first place that breaks it.
 *
 * @param onlyLooks the same page was looked at whole before, in other colours
 */
export async function axeViolations(page: Page, { onlyLooks = false } = {}): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.addScriptTag({ path: SCRIPT });
  return page.evaluate(
    async (runOnly) => {
      const { axe } = window as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } };
      interface Violation {
        readonly id: string;
        readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
      }
      const { violations } = await axe.run({ runOnly });
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
    },
    onlyLooks ? { type: 'rule', values: LOOKS_RULES } : { type: 'tag', values: RULES },
  );
}

/** What a person may have set: their colours, and more contrast. */
const LOOKS = [
  { colorScheme: 'light', contrast: 'no-preference' },
  { colorScheme: 'dark', contrast: 'no-preference' },
  { colorScheme: 'light', contrast: 'more' },
  { colorScheme: 'dark', contrast: 'more' },
] as const;

/** The page has no violation in light, dark and high contrast. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  for (const [index, look] of LOOKS.entries()) {
    await page.emulateMedia({ ...look, reducedMotion: 'reduce' });
    expect({ what, look, violations: await axeViolations(page, { onlyLooks: index > 0 }) }).toEqual({
      what,
      look,
      violations: [],
    });
  }
}
