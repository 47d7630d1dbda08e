// @ts-check
/** @file Words of asking, waiting, being refused, and being in a session. */

/** @typedef {import('./common.js').Entry} Entry */

export const ask = /** @satisfies {Record<string, Entry>} */ ({
  title: {
    fr: (/** @type {string} */ host) => `Prise en main de ${host}`,
    en: (/** @type {string} */ host) => `Remote control of ${host}`,
  },
  rights: { fr: 'Droits demandés', en: 'Rights asked for' },
  view: { fr: 'Voir l’écran', en: 'See the screen' },
  view_note: { fr: 'Toujours demandé.', en: 'Always asked for.' },
  control: { fr: 'Utiliser la souris et le clavier', en: 'Use mouse and keyboard' },
  control_note: {
    fr: 'Une case à part pour la personne, qui peut n’accorder que la vue.',
    en: 'A box of its own for the person, who may grant the view only.',
  },
  category: { fr: 'Nature de l’intervention', en: 'Kind of work' },
  assistance: { fr: 'Assistance à l’utilisation', en: 'Help in use' },
  maintenance: { fr: 'Remise en état, correctifs, pilotes', en: 'Putting right, patches, drivers' },
  add_hardware: { fr: 'Ajout de matériel', en: 'Adding hardware' },
  add_software: { fr: 'Ajout de logiciel', en: 'Adding software' },
  data_handling: { fr: 'Transfert ou récupération de données', en: 'Transfer or recovery of data' },
  change: { fr: 'Changement de fonctionnement', en: 'A change of how things work' },
  included: { fr: 'Compris dans le contrat', en: 'Part of the contract' },
  excluded: { fr: 'Exclu sans devis accepté', en: 'Excluded without an accepted quote' },
  reference: { fr: 'Demande du client', en: 'The client’s request' },
  reference_hint: {
    fr: 'Qui a demandé, comment, quand\u00a0: «\u00a0appel de Mme\u00a0Leroy, 10\u00a0h\u00a012\u00a0» (art.\u00a09.4).',
    en: 'Who asked, how, when: “call from Mrs Leroy, 10:12” (art. 9.4).',
  },
  reference_missing: { fr: 'Indiquez qui a demandé, comment et quand.', en: 'Say who asked, how and when.' },
  minutes: { fr: 'Durée au plus', en: 'For at most' },
  minutes_of: {
    fr: (/** @type {number} */ n) => (n < 60 ? `${n}\u00a0min` : `${n / 60}\u00a0h`),
    en: (/** @type {number} */ n) => (n < 60 ? `${n}\u00a0min` : `${n / 60}\u00a0h`),
  },
  verdict: { fr: 'Ce que dit le contrat', en: 'What the contract says' },
  checking: { fr: 'Le contrat est interrogé…', en: 'Asking the contract…' },
  would_pass: {
    fr: 'La demande peut partir. La ligne du poste sera mesurée, puis la personne devant le poste décidera.',
    en: 'The request can go. The machine’s line will be measured, then the person at the machine decides.',
  },
  would_fail: { fr: 'La demande serait refusée\u00a0:', en: 'The request would be refused:' },
  send: { fr: 'Envoyer la demande', en: 'Send the request' },
  sending: { fr: 'Mesure de la ligne…', en: 'Measuring the line…' },
  send_anyway: { fr: 'Demander quand même', en: 'Ask all the same' },
});

export const refusal = /** @satisfies {Record<string, Entry>} */ ({
  title: { fr: 'Le contrat ne permet pas cette session', en: 'The contract does not allow this session' },
  reasons: { fr: 'Pourquoi', en: 'Why' },
  join: { fr: 'Rejoindre, en vue seule', en: 'Join, to look only' },
  retry: {
    fr: (/** @type {string} */ when) => `Réessayer ${when}`,
    en: (/** @type {string} */ when) => `Try again ${when}`,
  },
  retry_none: { fr: 'Attendre n’y changera rien.', en: 'Waiting will not change that.' },
  offers: { fr: 'À proposer au client à la place', en: 'To offer the client instead' },
  offer: { fr: 'Proposé', en: 'Offered' },
  offer_name: {
    fr: (/** @type {string} */ what) => `Proposé\u00a0: ${what}`,
    en: (/** @type {string} */ what) => `Offered: ${what}`,
  },
  answer: { fr: 'Réponse du client', en: 'The client’s answer' },
  free: {
    fr: 'Le client est libre de refuser (art.\u00a03.6 et 4.8)\u00a0; sa réponse est gardée, rien ne lui est reproché.',
    en: 'The client is free to refuse (art. 3.6 and 4.8); the answer is kept, nothing is held against it.',
  },
  line: { fr: 'Ligne mesurée', en: 'Line as measured' },
  change_request: { fr: 'Modifier la demande', en: 'Change the request' },
});

export const session = /** @satisfies {Record<string, Entry>} */ ({
  title: {
    fr: (/** @type {string} */ host) => `Session sur ${host}`,
    en: (/** @type {string} */ host) => `Session on ${host}`,
  },
  connecting: { fr: 'Liaison chiffrée avec le poste…', en: 'Sealed connection to the machine…' },
  connecting_text: {
    fr: 'Le contrat permet la session. Votre programme et le poste établissent une liaison que le relais ne peut pas lire.',
    en: 'The contract allows the session. Your program and the machine make a connection that the relay cannot read.',
  },
  code: { fr: 'Code à lire au téléphone', en: 'Code to read on the phone' },
  code_text: {
    fr: 'Le même code doit être affiché sur l’écran du client. S’il diffère, quelqu’un s’est glissé entre vous\u00a0: annulez.',
    en: 'The client’s screen must show the same code. If it differs, somebody sits in between: cancel.',
  },
  asking: { fr: 'La personne lit la demande', en: 'The person reads the request' },
  asking_left: {
    fr: (/** @type {number} */ s) => `Encore ${s}\u00a0s. Sans réponse, c’est non.`,
    en: (/** @type {number} */ s) => `${s}\u00a0s left. No answer means no.`,
  },
  asking_text: {
    fr: 'Elle voit votre nom, votre société et son numéro, ce que vous demandez et pour combien de temps. Elle peut n’accorder que la vue.',
    en: 'They see your name, your firm and its number, what you ask for and for how long. They may grant the view only.',
  },
  step_seal: { fr: 'Liaison chiffrée', en: 'Sealed connection' },
  step_code: { fr: 'Même code des deux côtés', en: 'Same code on both sides' },
  step_answer: { fr: 'Réponse de la personne', en: 'The person’s answer' },
  call_first: {
    fr: (/** @type {string} */ client) => `${client} doit avoir quelqu’un au téléphone et devant le poste.`,
    en: (/** @type {string} */ client) => `${client} must have somebody on the phone and at the machine.`,
  },
  cancel: { fr: 'Annuler la demande', en: 'Cancel the request' },
  toolbar: { fr: 'Barre de la session', en: 'Session toolbar' },
  leave: { fr: 'Revenir au bureau sans terminer', en: 'Back to the desk without ending' },
  view_only: { fr: 'Vue seule', en: 'View only' },
  controlled: { fr: 'Vue et contrôle', en: 'View and control' },
  since: {
    fr: (/** @type {string} */ at) => `depuis ${at}`,
    en: (/** @type {string} */ at) => `since ${at}`,
  },
  /** At closing time, short; the machine's own sentence is beside it. */
  closing_soon: { fr: (/** @type {string} */ at) => `Support jusqu’à ${at}`, en: (/** @type {string} */ at) => `Support until ${at}` },
  closing_asked: { fr: 'Prolongation demandée au client', en: 'Client asked to go on' },
  closing_extended: { fr: (/** @type {string} */ at) => `Fin à ${at}`, en: (/** @type {string} */ at) => `Ends at ${at}` },
  closing_view_only: { fr: (/** @type {string} */ at) => `Lecture seule, fin à ${at}`, en: (/** @type {string} */ at) => `View only, ends at ${at}` },
  hand_over: { fr: 'Passer la main', en: 'Hand over' },
  hand_over_title: { fr: 'Passer la main à un collègue', en: 'Hand over to a colleague' },
  hand_over_to: { fr: 'Identifiant du collègue', en: 'The colleague’s identifier' },
  hand_over_hint: {
    fr: 'Il demande la session comme d’habitude, dans les 10\u00a0min, et la personne est interrogée à son nom. La vôtre continue jusqu’à son accord\u00a0; en cas de refus, vous gardez la main.',
    en: 'They ask for the session as usual, within 10\u00a0min, and the person is asked by their name. Yours goes on until the yes; after a no it stays yours.',
  },
  hand_over_missing: { fr: 'Indiquez à qui.', en: 'Say to whom.' },
  go_on: { fr: 'Continuer', en: 'Go on' },
  return_allowed: { fr: 'Retour permis', en: 'Return allowed' },
  return_refused: { fr: 'Pas de retour', en: 'No return' },
  remaining: { fr: 'Temps restant', en: 'Time left' },
  line: { fr: 'Ligne', en: 'Line' },
  fit: { fr: 'Ajusté', en: 'Fit' },
  actual: { fr: '1:1', en: '1:1' },
  fit_name: { fr: 'Ajusté à la fenêtre', en: 'Fit to the window' },
  actual_name: { fr: 'Taille réelle, 1:1', en: 'Actual size, 1:1' },
  full: { fr: 'Plein écran', en: 'Full screen' },
  full_leave: { fr: 'Quitter le plein écran', en: 'Leave full screen' },
  keys_menu: { fr: 'Touches spéciales à envoyer', en: 'Special keys to send' },
  physical: { fr: 'Touches par emplacement', en: 'Keys by position' },
  physical_hint: {
    fr: 'Pour une machine virtuelle ou une console\u00a0: la touche part telle qu’elle est placée, le clavier du client décide du caractère.',
    en: 'For a virtual machine or a console: the key goes by where it is, the client’s keyboard decides which character it makes.',
  },
  key_delete: { fr: 'Ctrl+Alt+Suppr', en: 'Ctrl+Alt+Del' },
  key_escape: { fr: 'Ctrl+Échap', en: 'Ctrl+Esc' },
  key_tasks: { fr: 'Ctrl+Maj+Échap', en: 'Ctrl+Shift+Esc' },
  key_start: { fr: 'Touche Windows', en: 'Windows key' },
  end: { fr: 'Terminer', en: 'End' },
  screen_name: {
    fr: (/** @type {string} */ host) => `Écran de ${host}. Les touches vont au poste\u00a0; Ctrl+Alt+Origine mène à la barre.`,
    en: (/** @type {string} */ host) => `Screen of ${host}. Keys go to the machine; Ctrl+Alt+Home leads to the toolbar.`,
  },
  waiting_picture: { fr: 'Accordé. Première image…', en: 'Granted. First picture…' },
  hidden: { fr: 'Écran masqué', en: 'Screen hidden' },
  hidden_text: {
    fr: 'Le poste ne donne plus signe de vie. Par précaution rien n’est montré ni envoyé\u00a0; cela reprend dès qu’il répond.',
    en: 'The machine gives no sign of life. To be safe nothing is shown or sent; it resumes as soon as it answers.',
  },
  masked: { fr: 'La personne saisit un mot de passe, son écran est masqué', en: 'The person types a password; the screen is masked' },
  masked_text: {
    fr: 'Rien n’est vu ni envoyé. La personne montrera son écran elle-même\u00a0; rien de ce qui s’y passe maintenant ne sera montré ensuite.',
    en: 'Nothing is seen or sent. The person will show the screen; nothing of what happens on it now is shown later.',
  },
  away: { fr: 'Reconnexion…', en: 'Reconnecting…' },
  away_text: {
    fr: 'La liaison avec le poste est interrompue. Rien n’est montré ni envoyé, toutes les touches sont relâchées\u00a0; l’accord du client vaut encore.',
    en: 'The line to the machine is lost. Nothing is shown or sent, all keys are up; the client’s consent still holds.',
  },
  away_left: {
    fr: (/** @type {number} */ s) => `Encore ${s}\u00a0s, puis il faudra redemander.`,
    en: (/** @type {number} */ s) => `${s}\u00a0s left, then you would have to ask again.`,
  },
  paused: { fr: 'En pause', en: 'Paused' },
  reconnecting: { fr: 'Reconnexion à votre programme…', en: 'Reconnecting to your program…' },
  reconnecting_text: {
    fr: 'La page a perdu le programme Aval de cet ordinateur. Aucune touche n’est envoyée.',
    en: 'The page lost this computer’s Aval program. No key is sent.',
  },
  taken: { fr: 'Cette session est affichée dans un autre onglet', en: 'This session is shown in another tab' },
  taken_text: { fr: 'Une session n’a qu’une image. Vous pouvez l’amener ici.', en: 'A session has one picture. You can bring it here.' },
  here: { fr: 'Afficher ici', en: 'Show here' },
  moved: { fr: 'La session est passée dans un autre onglet', en: 'The session moved to another tab' },
  ended: { fr: 'La session est terminée', en: 'The session is over' },
  not_begun: { fr: 'La session n’a pas commencé', en: 'The session did not begin' },
  again: { fr: 'Demander de nouveau', en: 'Ask again' },
  to_machine: { fr: 'Fiche du poste', en: 'The machine' },
  lasted: {
    fr: (/** @type {string} */ span) => `Durée\u00a0: ${span}`,
    en: (/** @type {string} */ span) => `Duration: ${span}`,
  },
  unknown: { fr: 'Cette session n’existe plus', en: 'This session no longer exists' },
  unknown_text: { fr: 'Elle est terminée, ou ce lien date d’une autre fois.', en: 'It is over, or this link is from another time.' },
  paused_left: {
    fr: (/** @type {number} */ s) => `Encore ${s}\u00a0s, puis il faudra redemander. Rien n’est montré ni envoyé.`,
    en: (/** @type {number} */ s) => `${s}\u00a0s left, then you would have to ask again. Nothing is shown or sent.`,
  },
  turning: { fr: 'Un instant…', en: 'One moment…' },
  look_only: { fr: 'Regarder seulement', en: 'Look only' },
  look_only_name: {
    fr: 'Regarder seulement\u00a0: ni souris ni clavier ne partent d’ici',
    en: 'Look only: no mouse or keyboard leaves from here',
  },
  looking_only: { fr: 'Vous regardez seulement.', en: 'You only look.' },
  widen: { fr: 'Demander le contrôle…', en: 'Ask for control…' },
  widen_title: { fr: 'Demander souris et clavier', en: 'Ask for mouse and keyboard' },
  widen_reason: { fr: 'Pourquoi\u202f?', en: 'Why?' },
  widen_hint: {
    fr: 'La personne lit cette phrase et décide. Pendant la question, rien n’est commandé à distance\u00a0; sans réponse, rien ne change.',
    en: 'The person reads this sentence and decides. While they are asked nothing is controlled remotely; without an answer nothing changes.',
  },
  widen_missing: { fr: 'Dites pourquoi\u00a0: la personne doit pouvoir décider.', en: 'Say why: the person must be able to decide.' },
  widen_send: { fr: 'Demander', en: 'Ask' },
  widen_beyond: {
    fr: 'Cette intervention n’a été demandée que pour voir l’écran. Pour la souris et le clavier, terminez-la et demandez-en une nouvelle.',
    en: 'This session was asked for to see the screen only. For mouse and keyboard, end it and ask for a new one.',
  },
  granted_said: { fr: 'La personne a accepté.', en: 'The person said yes.' },
});

export const secret = /** @satisfies {Record<string, Entry>} */ ({
  menu: { fr: 'Demander à la personne', en: 'Ask the person' },
  hand_over: { fr: 'Passer la main à un collègue…', en: 'Hand over to a colleague…' },
  comeback: { fr: 'Revenir une fois après redémarrage (10\u00a0min)', en: 'Come back once after a restart (10\u00a0min)' },
  comeback_hint: {
    fr: 'La personne doit l’accepter maintenant\u00a0; au retour un bandeau l’annonce 10\u00a0s avant.',
    en: 'The person must agree now; on return a banner announces it 10\u00a0s before.',
  },
  mask: { fr: 'Laisser la personne saisir un mot de passe', en: 'Let the person type a password' },
  mask_hint: { fr: 'Son écran est masqué jusqu’à ce qu’elle le montre de nouveau.', en: 'The screen is masked until the person shows it again.' },
  windows: { fr: 'Demander un mot de passe Windows', en: 'Ask for a Windows password' },
  application: { fr: 'Demander un mot de passe d’application', en: 'Ask for the password of an application' },
  wifi: { fr: 'Demander une clé Wi-Fi', en: 'Ask for a Wi-Fi key' },
  other: { fr: 'Demander un autre mot de passe', en: 'Ask for another password' },
  panel: { fr: 'Mot de passe transmis', en: 'Password handed over' },
  asked: {
    fr: (/** @type {string} */ what) => `Demandé à la personne\u00a0: ${what}`,
    en: (/** @type {string} */ what) => `The person is asked for ${what}`,
  },
  given: {
    fr: (/** @type {string} */ what) => `Reçu\u00a0: ${what}. Affiché une seule fois.`,
    en: (/** @type {string} */ what) => `Received: ${what}. Shown once.`,
  },
  not_given: {
    fr: (/** @type {string} */ what) => `Non transmis\u00a0: ${what}`,
    en: (/** @type {string} */ what) => `Not handed over: ${what}`,
  },
  left: {
    fr: (/** @type {number} */ s) => `effacé dans ${s}\u00a0s`,
    en: (/** @type {number} */ s) => `wiped in ${s}\u00a0s`,
  },
  show: { fr: 'Afficher', en: 'Show' },
  forget: { fr: 'Effacer', en: 'Wipe' },
  identifier: { fr: 'Identifiant', en: 'Identifier' },
  password: { fr: 'Mot de passe', en: 'Password' },
});

/** A colleague hands a session over. */
export const handed = {
  title: { fr: 'Une session vous est passée', en: 'A session is handed to you' },
  words: {
    fr: (/** @type {string} */ by, /** @type {string} */ machine, /** @type {string} */ client) => `${by} vous passe la main sur le poste ${machine} (${client}).`,
    en: (/** @type {string} */ by, /** @type {string} */ machine, /** @type {string} */ client) => `${by} hands the PC ${machine} (${client}) over to you.`,
  },
  ask: { fr: 'Demander l’accès', en: 'Ask for access' },
  later: { fr: 'Ne plus afficher', en: 'Hide' },
  reference: { fr: (/** @type {string} */ by) => `Suite de l’intervention de ${by}`, en: (/** @type {string} */ by) => `Taking over from ${by}` },
};
