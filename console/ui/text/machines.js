// @ts-check
/** @file Words of the machines' list, of one machine and of its journal. */

/** @typedef {import('./common.js').Entry} Entry */

/** @param {number} n */
const count = (n) => n.toLocaleString('fr-FR');

export const machines = /** @satisfies {Record<string, Entry>} */ ({
  title: { fr: 'Postes', en: 'Machines' },
  search: { fr: 'Chercher un poste, un client, un contrat', en: 'Search machine, client, contract' },
  filters: { fr: 'Filtres', en: 'Filters' },
  all: { fr: 'Tous', en: 'All' },
  online: { fr: 'En ligne', en: 'Online' },
  offline: { fr: 'Hors ligne', en: 'Offline' },
  pending: { fr: 'À valider', en: 'To approve' },
  problem: { fr: 'Contrat à voir', en: 'Contract issue' },
  column_machine: { fr: 'Poste', en: 'Machine' },
  column_client: { fr: 'Client', en: 'Client' },
  column_contract: { fr: 'Contrat', en: 'Contract' },
  column_coverage: { fr: 'Couverture', en: 'Coverage' },
  column_os: { fr: 'Système', en: 'System' },
  column_seen: { fr: 'Vu', en: 'Seen' },
  sort: {
    fr: (/** @type {string} */ column) => `Trier par ${column.toLowerCase()}`,
    en: (/** @type {string} */ column) => `Sort by ${column.toLowerCase()}`,
  },
  shown: {
    fr: (/** @type {number} */ n, /** @type {number} */ of) => (n === of ? `${count(n)} poste${n > 1 ? 's' : ''}` : `${count(n)} sur ${count(of)}`),
    en: (/** @type {number} */ n, /** @type {number} */ of) => (n === of ? `${n.toLocaleString('en-GB')} machine${n === 1 ? '' : 's'}` : `${n.toLocaleString('en-GB')} of ${of.toLocaleString('en-GB')}`),
  },
  moved: {
    fr: (/** @type {number} */ n) => `${n} changement${n > 1 ? 's' : ''}\u00a0: actualiser`,
    en: (/** @type {number} */ n) => `${n} change${n === 1 ? '' : 's'}: refresh`,
  },
  none_yet: { fr: 'Aucun poste n’est encore rattaché.', en: 'No machine is attached yet.' },
  none_yet_next: {
    fr: 'Un responsable émet un code de rattachement\u00a0; le client le saisit sur son poste, et le poste apparaît ici.',
    en: 'A manager issues an enrolment code; the client types it at the machine, and the machine appears here.',
  },
  none_found: { fr: 'Aucun poste ne correspond.', en: 'No machine matches.' },
  clear: { fr: 'Effacer la recherche et les filtres', en: 'Clear search and filters' },
  choose: { fr: 'Choisissez un poste', en: 'Choose a machine' },
  choose_text: {
    fr: 'Sa fiche s’affiche ici. Les flèches parcourent la liste, la touche / mène à la recherche.',
    en: 'Its details appear here. Arrow keys move along the list, / goes to the search.',
  },
  gone: { fr: 'Ce poste n’est plus dans la liste.', en: 'This machine is no longer in the list.' },
  seen_now: { fr: 'en ligne', en: 'online' },
  seen_never: { fr: 'jamais', en: 'never' },
  covered_short: { fr: 'Couvert', en: 'Covered' },
  until: {
    fr: (/** @type {string} */ day) => `jusqu’au ${day}`,
    en: (/** @type {string} */ day) => `until ${day}`,
  },
});

export const machine = /** @satisfies {Record<string, Entry>} */ ({
  details: {
    fr: (/** @type {string} */ host) => `Fiche de ${host}`,
    en: (/** @type {string} */ host) => `Details of ${host}`,
  },
  ask: { fr: 'Demander la prise en main', en: 'Ask for control' },
  journal: { fr: 'Journal', en: 'Journal' },
  sheet: { fr: 'Fiche', en: 'Details' },
  gate: { fr: 'Prise en main', en: 'Remote control' },
  gate_yes: { fr: 'Le contrat permet une demande maintenant.', en: 'The contract allows a request now.' },
  gate_no: { fr: 'Une demande serait refusée maintenant.', en: 'A request would be refused now.' },
  gate_yes_at: {
    fr: (/** @type {string} */ when) => `Le contrat permettrait une demande ${when}.`,
    en: (/** @type {string} */ when) => `The contract would allow a request ${when}.`,
  },
  gate_no_at: {
    fr: (/** @type {string} */ when) => `Une demande serait refusée ${when}.`,
    en: (/** @type {string} */ when) => `A request would be refused ${when}.`,
  },
  gate_at: { fr: 'À un autre moment', en: 'At another time' },
  gate_at_label: { fr: 'Date et heure, à Paris', en: 'Date and time, in Paris' },
  gate_now: { fr: 'Maintenant', en: 'Now' },
  gate_check: { fr: 'Vérifier', en: 'Check' },
  gate_failed: { fr: 'Le contrat n’a pas pu être interrogé.', en: 'The contract could not be asked.' },
  state: { fr: 'État', en: 'State' },
  contract: { fr: 'Contrat', en: 'Contract' },
  client: { fr: 'Client', en: 'Client' },
  coverage: { fr: 'Couverture', en: 'Coverage' },
  os: { fr: 'Système', en: 'System' },
  last_seen: { fr: 'Vu', en: 'Seen' },
  approval: { fr: 'Validation', en: 'Approval' },
  approved: {
    fr: (/** @type {string} */ by, /** @type {string} */ when) => `${by}, ${when}`,
    en: (/** @type {string} */ by, /** @type {string} */ when) => `${by}, ${when}`,
  },
  pending: { fr: 'Attend la validation d’un responsable', en: 'Waits for a manager’s approval' },
  fingerprint: { fr: 'Empreinte de la clé', en: 'Key fingerprint' },
  program: { fr: 'Programme', en: 'Program' },
  identifier: { fr: 'Identifiant', en: 'Identifier' },
  inventory: { fr: 'Inventaire', en: 'Inventory' },
  inventory_at: {
    fr: (/** @type {string} */ when) => `relevé ${when}`,
    en: (/** @type {string} */ when) => `collected ${when}`,
  },
  inventory_none: {
    fr: 'Le poste n’a pas encore envoyé son inventaire\u00a0: il le fait à sa première connexion.',
    en: 'The machine has not sent its inventory yet: it does so when it first connects.',
  },
  sessions: { fr: 'Dernières sessions', en: 'Recent sessions' },
  sessions_none: { fr: 'Aucune session encore.', en: 'No session yet.' },
  offers: { fr: 'Propositions au client', en: 'Offers to the client' },
  offers_none: { fr: 'Aucune proposition.', en: 'No offer.' },
  offer_accepted: { fr: 'Acceptée', en: 'Accepted' },
  offer_refused: { fr: 'Refusée', en: 'Refused' },
  offer_yes: { fr: 'Le client accepte', en: 'The client accepts' },
  offer_no: { fr: 'Le client refuse', en: 'The client refuses' },
  offer_phone: { fr: 'Aide par téléphone', en: 'Help by telephone' },
  offer_workshop: { fr: 'Intervention en atelier', en: 'Work in the workshop' },
  offer_onsite: { fr: 'Déplacement chez le client', en: 'Visit to the client' },
  offer_quote: { fr: 'Devis', en: 'Quote' },
  offer_included: { fr: 'compris', en: 'included' },
  offer_quoted: { fr: 'sur devis', en: 'by quote' },
  loading: { fr: 'Lecture de la fiche…', en: 'Reading the details…' },
});

export const journal = /** @satisfies {Record<string, Entry>} */ ({
  title: {
    fr: (/** @type {string} */ host) => `Journal de ${host}`,
    en: (/** @type {string} */ host) => `Journal of ${host}`,
  },
  none: { fr: 'Le journal est vide.', en: 'The journal is empty.' },
  verified: { fr: 'Chaîne vérifiée', en: 'Chain verified' },
  broken: { fr: 'Chaîne non vérifiée', en: 'Chain not verified' },
  number: { fr: 'N°', en: 'No.' },
  when: { fr: 'Quand', en: 'When' },
  what: { fr: 'Quoi', en: 'What' },
  who: { fr: 'Qui', en: 'Who' },
  search: { fr: 'Chercher dans le journal', en: 'Search the journal' },
});
