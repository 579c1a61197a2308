import type { Person } from './browser.ts';
import { openBrowser } from './browser.ts';

/** A rater of their own browser at the page their link opens, its first item shown. */
export async function openLabelPage(url: string, { phone = false } = {}): Promise<Person> {
  const person = await openBrowser({ phone });
  await person.page.goto(url);
  await person.page.getByRole('heading', { name: /^Item \d+ of/ }).waitFor();
  return person;
}

/** The item on the page, counted from 1. */
export const itemShown = async ({ page }: Person): Promise<number> =>
  Number(/^Item (\d+)/.exec((await page.locator('h1').textContent()) ?? '')?.[1]);

/** The item whose number stands on the page is there too, with what was typed to it: it may come from the server after its number. */
export const itemHere = ({ page }: Person): Promise<void> =>
  page.locator('.content[data-waits=no]').waitFor();

export type Answering = {
  /** The key that is pressed for an item. */
  readonly choice: (item: number) => '1' | '2';
  /** What is typed as a reason; null for nothing. */
  readonly reason: (item: number) => string | null;
  readonly last: number;
};

/** Answers the item on the page by keyboard alone, and waits for the next one to be shown. */
export async function labelOne(person: Person, { choice, reason, last }: Answering): Promise<void> {
  const { page } = person;
  await itemHere(person);
  const item = await itemShown(person);
  await page.keyboard.press(choice(item));
  const text = reason(item);
  if (text !== null) {
    await page.keyboard.press('r');
    await page.keyboard.type(text);
  }
  await page.keyboard.press('Control+Enter');
  if (item < last) await page.locator('h1', { hasNotText: `Item ${item} of` }).waitFor();
}

export const allSaved = ({ page }: Person): Promise<void> =>
  page.getByText('Everything is saved.').waitFor();
