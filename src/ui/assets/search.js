// Search in a long list of choices, while the person types. Without this script the whole list stands there, and the field is hidden
// or sends what was typed to the server.
const box = document.querySelector('[data-search]');
if (box !== null) {
  const field = box.querySelector('input');
  const status = box.querySelector('[role=status]');
  const groups = [...document.querySelectorAll('[data-group]')];
  // "vårdcentral" is found by "vardcentral" too: not every keyboard has our letters.
  const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const rows = groups.flatMap((group) =>
    [...group.querySelectorAll('li')].map((row) => ({ row, group, words: fold(`${group.dataset.group} ${row.textContent} ${row.querySelector('[data-words]')?.dataset.words ?? ''}`) })));
  const ways = document.querySelector('.ways');
  // What is found stands next to the field; the other ways in come after it.
  const makeRoom = () => {
    const last = groups.at(-1);
    if (ways !== null && last !== undefined) (ways.closest('form') === null ? last.closest('form') : last).after(ways);
  };
  const visible = () => rows.filter(({ row }) => !row.hidden);

  const filter = () => {
    const wanted = fold(field.value).split(/\s+/).filter((word) => word !== '');
    for (const { row, words } of rows) row.hidden = !wanted.every((word) => words.includes(word));
    for (const group of groups) group.hidden = !rows.some((entry) => entry.group === group && !entry.row.hidden);
    if (wanted.length > 0) makeRoom();
    const found = visible().length;
    const text = found === 0 ? status.dataset.nothing : status.dataset.found;
    status.textContent = wanted.length === 0 ? '' : text.replace('{found}', found).replace('{total}', rows.length);
  };

  field.addEventListener('input', filter);
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      field.value = '';
      filter();
    }
    if (event.key !== 'Enter' && event.key !== 'ArrowDown') return;
    // Only one left: Enter takes it. Otherwise the first one is focused, and a second Enter takes it.
    const [first, second] = visible();
    const button = first?.row.querySelector('button');
    event.preventDefault();
    if (event.key === 'Enter' && field.value !== '' && second === undefined) button?.click();
    else button?.focus();
  });
  // Typing anywhere searches: the list has the focus when the page opens, so that Enter alone is enough.
  document.addEventListener('keydown', (event) => {
    if (document.activeElement === field || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.length === 1 && /[\p{L}\p{N}]/u.test(event.key)) field.focus();
  });
  box.hidden = false;
  box.querySelector('[data-without-script]')?.remove();
  // What a browser put back into the field.
  if (field.value !== field.defaultValue) filter();
}
