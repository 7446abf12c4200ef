// Waiting for an app on a phone: the picture changes every second, the words follow, and the page goes on by itself.
// Without this script the page loads itself again every few seconds.
const box = document.querySelector('[data-status]');
if (box !== null) {
  const words = box.querySelector('[role=status]');
  const left = box.querySelector('[data-left]');
  const picture = document.querySelector('img[data-picture]');
  const heading = document.querySelector('h1');
  const said = (name) => box.getAttribute(`data-words-${name}`);
  let seconds = Number(left?.dataset.left ?? 0);
  let over = false;
  let asking = false;

  const ask = async () => {
    if (asking || over) return;
    asking = true;
    try {
      const answer = await fetch(box.dataset.status, { headers: { accept: 'application/json' }, cache: 'no-store' });
      const status = await answer.json();
      if (status.kind === 'next') {
        over = true;
        location.replace(status.to);
      } else if (status.kind === 'pending') {
        seconds = status.secondsLeft;
        const text = said(status.hint);
        // Said again only when it changed: a screen reader reads it every time.
        if (text !== null && words.textContent !== text) words.textContent = text;
        if (status.picture === null && picture?.isConnected) {
          // The code was read: there is nothing more to show.
          picture.closest('.qr').remove();
          heading.textContent = said('heading-read');
        }
      } else {
        over = true;
        words.textContent = status.kind === 'moved' ? said('moved') : said('lost');
        if (left !== null) left.hidden = true;
        picture?.closest('.qr')?.remove();
        // Nothing here leads anywhere any more.
        if (status.kind === 'moved') {
          heading.textContent = said('heading-over');
          for (const part of document.querySelectorAll('[data-while]')) part.remove();
        }
      }
    } catch {
      words.textContent = said('away');
    } finally {
      asking = false;
    }
  };
  const tick = () => {
    if (over) return;
    seconds = Math.max(0, seconds - 1);
    if (left !== null) left.textContent = left.dataset.words.replace('{left}', `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`);
    if (picture?.isConnected && document.visibilityState === 'visible') picture.src = `${picture.dataset.picture}?${Date.now()}`;
  };
  setInterval(tick, 1000);
  setInterval(ask, 2000);
  // Back from the app: ask at once, no redirect is needed.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') ask();
  });
}
