// Looks for the answer until it is there. Only from the message that waits on is drawn anew: what is being typed elsewhere stays.

const FIRST_MS = 500;
const LAST_MS = 5_000;

const list = document.getElementById('turns');
const composer = document.getElementById('composer');
const message = composer.elements.namedItem('message');

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function look() {
  const response = await fetch(list.dataset.address, { headers: { accept: 'text/html' } });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const fresh = page.getElementById('turns');
  const before = list.lastElementChild;
  // More than one where another window has sent the next.
  const after = [...fresh.children].slice(list.children.length - 1);
  if (after.length > 1 || before.textContent !== after[0].textContent) before.replaceWith(...after);
  list.dataset.waits = fresh.dataset.waits;
}

async function wait() {
  for (let pause = FIRST_MS; list.dataset.waits === 'yes'; pause = Math.min(pause * 1.2, LAST_MS)) {
    await sleep(pause);
    // A lost network is not the end: the next look may find it again.
    await look().catch(() => undefined);
  }
  composer.querySelector('button').disabled = false;
}

message.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  if (list.dataset.waits === 'no') composer.requestSubmit();
});
document.getElementById('by-keys').hidden = false;
void wait();
// On a phone the keyboard would cover the answer.
if (matchMedia('(hover: hover)').matches) message.focus({ preventScroll: true });
