// A logout on its way to the next service: asks from here whether the service answers at all before the window goes there,
// so that nobody is left on a browser's error page. Without this script the window just goes.
const step = document.querySelector('[data-next]');
if (step !== null) {
  const { next, skip, probe } = step.dataset;
  const go = (to) => location.replace(to);
  // Whatever it answers, it is there; what it says cannot be read, and no cookie is sent.
  fetch(probe, { method: 'HEAD', mode: 'no-cors', credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(4000) }).then(() => go(next), () => go(skip));
}
