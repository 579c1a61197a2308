// A double click, or keys held down, send a form once: the second request would be refused for what the first has done.
const AGAIN_MS = 1_000;
const sent = new WeakMap();

addEventListener('submit', (event) => {
  const before = sent.get(event.target) ?? -Infinity;
  if (event.timeStamp - before < AGAIN_MS) event.preventDefault();
  else sent.set(event.target, event.timeStamp);
});
