// @ts-check
/** @file Where on the desk one is: the address' fragment, so that back, forward and reload do what they say. */

/**
 * @typedef {{ page: 'machines', agent: string | null, part: '' | 'journal' }
 *   | { page: 'session', session: string } | { page: 'manage' }
 *   | { page: 'contracts', contract: string | null }} Place
 */

/** @param {string} hash @returns {Place} */
export function read(hash) {
  const [page, first, second] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  if (page === 'session' && first) return { page, session: first };
  if (page === 'manage') return { page };
  if (page === 'contracts') return { page, contract: first || null };
  return { page: 'machines', agent: first || null, part: second === 'journal' ? second : '' };
}

/** @param {Place} place */
export function write(place) {
  switch (place.page) {
    case 'session': return `#/session/${encodeURIComponent(place.session)}`;
    case 'manage': return '#/manage';
    case 'contracts': return `#/contracts${place.contract ? `/${encodeURIComponent(place.contract)}` : ''}`;
    default: return `#/machines${place.agent ? `/${encodeURIComponent(place.agent)}${place.part ? `/${place.part}` : ''}` : ''}`;
  }
}

/** @param {Place} place @param {boolean} [quietly] without a step to go back to: moving along a list is not a journey */
export function go(place, quietly = false) {
  const hash = write(place);
  if (hash === location.hash) return;
  if (quietly) {
    history.replaceState(null, '', hash);
    dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    location.hash = hash;
  }
}
