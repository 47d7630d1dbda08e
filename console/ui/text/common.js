// @ts-check
/** @file Words of the whole desk. */

/** @typedef {{ fr: string, en: string } | { fr: (...a: any[]) => string, en: (...a: any[]) => string }} Entry */

export const common = /** @satisfies {Record<string, Entry>} */ ({
  machines: { fr: 'Postes', en: 'Machines' },
  contracts: { fr: 'Contrats', en: 'Contracts' },
  manage: { fr: 'Responsable', en: 'Manager' },
  skip: { fr: 'Aller au contenu', en: 'Skip to content' },
  main_menu: { fr: 'Menu principal', en: 'Main menu' },
  close: { fr: 'Fermer', en: 'Close' },
  cancel: { fr: 'Annuler', en: 'Cancel' },
  back: { fr: 'Retour', en: 'Back' },
  retry: { fr: 'Réessayer', en: 'Try again' },
  loading: { fr: 'Chargement…', en: 'Loading…' },
  help: { fr: 'Aide et raccourcis', en: 'Help and shortcuts' },
  theme: {
    fr: (/** @type {string} */ name) => `Apparence\u00a0: ${name}`,
    en: (/** @type {string} */ name) => `Appearance: ${name}`,
  },
  theme_system: { fr: 'comme le système', en: 'as the system' },
  theme_light: { fr: 'claire', en: 'light' },
  theme_dark: { fr: 'sombre', en: 'dark' },
  // Named in the other language on purpose: who needs it reads that one.
  language: { fr: 'English', en: 'Français' },
  relay_on: { fr: 'Relais connecté', en: 'Relay connected' },
  relay_off: { fr: 'Relais perdu', en: 'Relay lost' },
  relay_lost: {
    fr: 'Le relais ne répond plus. Ce qui est affiché date de la dernière liaison\u00a0; la reconnexion est automatique. Si cela dure, vérifiez votre accès à Internet.',
    en: 'The relay does not answer. What you see is as of the last contact; reconnection is automatic. If it lasts, check your Internet access.',
  },
  relay_back: { fr: 'Le relais répond de nouveau.', en: 'The relay answers again.' },
  program_gone: {
    fr: 'Le programme Aval ne répond plus sur cet ordinateur. S’il est fermé, rouvrez-le\u00a0; cette page n’a pas pu faire ce que vous demandiez.',
    en: 'The Aval program does not answer on this computer. If it is closed, open it again; this page could not do what you asked.',
  },
  program_lost: { fr: 'Programme injoignable', en: 'Program unreachable' },
  program_lost_text: {
    fr: 'Le programme Aval ne répond plus sur cet ordinateur. S’il est fermé, rouvrez-le\u00a0; sinon la liaison revient d’elle-même.',
    en: 'The Aval program does not answer on this computer. If it is closed, open it again; otherwise the line comes back by itself.',
  },
  unexpected: {
    fr: 'Cela n’a pas marché, et le programme n’a pas dit pourquoi. Réessayez\u00a0; si cela se répète, rouvrez Aval.',
    en: 'That did not work, and the program did not say why. Try again; if it happens again, reopen Aval.',
  },
  shut_title: { fr: 'Ouvrez Aval depuis le programme', en: 'Open Aval from the program' },
  shut_text: {
    fr: 'Cette page ne s’ouvre que par le programme Aval, avec une clé qui ne sert qu’une fois. Fermez cet onglet, puis lancez Aval de nouveau.',
    en: 'This page opens only through the Aval program, with a key that works once. Close this tab, then start Aval again.',
  },
  failed_start: { fr: 'Aval ne peut pas démarrer', en: 'Aval cannot start' },
  sessions_running: {
    fr: (/** @type {string} */ host) => `Session sur ${host}`,
    en: (/** @type {string} */ host) => `Session on ${host}`,
  },
  none: { fr: '—', en: '—' },
  article: {
    fr: (/** @type {string} */ clause) => `art.\u00a0${clause}`,
    en: (/** @type {string} */ clause) => `art. ${clause}`,
  },
  done: { fr: 'C’est fait.', en: 'Done.' },
  keys_title: { fr: 'Raccourcis', en: 'Shortcuts' },
  keys_desk: { fr: 'Sur le bureau', en: 'On the desk' },
  keys_viewer: { fr: 'Pendant une session', en: 'In a session' },
  key_search: { fr: 'Chercher un poste', en: 'Search for a machine' },
  key_move: { fr: 'Poste suivant, précédent', en: 'Next, previous machine' },
  key_page: { fr: 'Une page plus loin, début, fin', en: 'One page, first, last' },
  key_open: { fr: 'Ouvrir la fiche', en: 'Open the machine' },
  key_ask: { fr: 'Demander la prise en main', en: 'Ask for control' },
  key_journal: { fr: 'Journal du poste', en: 'The machine’s journal' },
  key_back: { fr: 'Revenir à la liste, vider la recherche', en: 'Back to the list, clear the search' },
  key_help: { fr: 'Cette aide', en: 'This help' },
  key_toolbar: { fr: 'Sortir de l’image, vers la barre', en: 'Leave the picture for the toolbar' },
  key_full: { fr: 'Plein écran', en: 'Full screen' },
  key_fit: { fr: 'Taille réelle ou ajustée', en: 'Actual size or fitted' },
  cap_page_down: { fr: 'Pg suiv', en: 'PgDn' },
  cap_home: { fr: 'Origine', en: 'Home' },
  cap_end: { fr: 'Fin', en: 'End' },
  cap_enter: { fr: 'Entrée', en: 'Enter' },
  cap_escape: { fr: 'Échap', en: 'Esc' },
  paris: {
    fr: 'Toutes les heures sont celles de Paris, comme dans le contrat.',
    en: 'All times are Paris time, as in the contract.',
  },
  secrecy: {
    fr: 'Rien de l’écran du client n’est enregistré. Le client peut arrêter à tout moment.',
    en: 'Nothing of the client’s screen is recorded. The client can stop at any time.',
  },
});
