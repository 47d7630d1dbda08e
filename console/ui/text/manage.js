// @ts-check
/** @file Words of the managers' page. */

/** @typedef {import('./common.js').Entry} Entry */

export const manage = /** @satisfies {Record<string, Entry>} */ ({
  pending: { fr: 'Postes à valider', en: 'Machines to approve' },
  pending_none: { fr: 'Aucun poste n’attend.', en: 'No machine waits.' },
  pending_text: {
    fr: 'Appelez le client\u00a0: l’empreinte lue sur son poste (commande aval-agent status) doit être celle-ci, groupe par groupe. Valider signe cette clé en votre nom.',
    en: 'Call the client: the fingerprint at the machine (command aval-agent status) must be this one, group by group. Approving signs this key in your name.',
  },
  approve: { fr: 'Valider', en: 'Approve' },
  approve_name: {
    fr: (/** @type {string} */ host) => `Valider ${host}`,
    en: (/** @type {string} */ host) => `Approve ${host}`,
  },
  compared: { fr: 'Empreinte comparée au téléphone', en: 'Fingerprint compared on the phone' },
  approved: {
    fr: (/** @type {string} */ host) => `${host} est validé.`,
    en: (/** @type {string} */ host) => `${host} is approved.`,
  },
  codes: { fr: 'Code de rattachement', en: 'Enrolment code' },
  codes_text: {
    fr: 'Un code rattache un seul poste, une seule fois. Dictez-le au client.',
    en: 'A code attaches one machine, once. Read it to the client.',
  },
  contract: { fr: 'Contrat', en: 'Contract' },
  valid: { fr: 'Valable', en: 'Valid for' },
  issue: { fr: 'Émettre un code', en: 'Issue a code' },
  issued_until: {
    fr: (/** @type {string} */ when) => `Valable jusqu’à ${when}, pour un poste.`,
    en: (/** @type {string} */ when) => `Valid until ${when}, for one machine.`,
  },
  issued_link: { fr: 'Lien à envoyer au client\u00a0:', en: 'Link to send to the client:' },
  exception: { fr: 'Exception hors horaires', en: 'Exception outside hours' },
  exception_text: {
    fr: 'Permet de demander une session en dehors des heures du contrat (art.\u00a04.2). Votre nom et la raison vont au journal\u00a0; la personne devant le poste décide comme toujours.',
    en: 'Allows a request outside the contract’s hours (art. 4.2). Your name and the reason go to the journal; the person at the machine decides as always.',
  },
  machine: { fr: 'Poste', en: 'Machine' },
  reason: { fr: 'Raison', en: 'Reason' },
  reason_missing: { fr: 'Donnez une raison\u00a0: elle va au journal.', en: 'Give a reason: it goes to the journal.' },
  duration: { fr: 'Durée', en: 'Duration' },
  except: { fr: 'Accorder l’exception', en: 'Grant the exception' },
  excepted: {
    fr: (/** @type {string} */ host) => `Exception accordée pour ${host}.`,
    en: (/** @type {string} */ host) => `Exception granted for ${host}.`,
  },
  people: { fr: 'Techniciens et responsables', en: 'Technicians and managers' },
  people_none: { fr: 'Le relais n’a encore vu personne.', en: 'The relay has seen nobody yet.' },
  lock: { fr: 'Verrouiller', en: 'Lock' },
  unlock: { fr: 'Déverrouiller', en: 'Unlock' },
  lock_title: {
    fr: (/** @type {string} */ name) => `Verrouiller ${name}\u00a0?`,
    en: (/** @type {string} */ name) => `Lock ${name}?`,
  },
  unlock_title: {
    fr: (/** @type {string} */ name) => `Déverrouiller ${name}\u00a0?`,
    en: (/** @type {string} */ name) => `Unlock ${name}?`,
  },
  lock_text: {
    fr: 'Ses sessions en cours sont coupées aussitôt, et rien de nouveau ne peut être demandé.',
    en: 'Running sessions are cut at once, and nothing new can be asked for.',
  },
  unlock_text: { fr: 'Cette personne pourra de nouveau demander des sessions.', en: 'This person can ask for sessions again.' },
  locked: { fr: 'Verrouillé', en: 'Locked' },
  locked_done: {
    fr: (/** @type {string} */ name) => `${name} est verrouillé.`,
    en: (/** @type {string} */ name) => `${name} is locked.`,
  },
  unlocked_done: {
    fr: (/** @type {string} */ name) => `${name} est déverrouillé.`,
    en: (/** @type {string} */ name) => `${name} is unlocked.`,
  },
  role_technician: { fr: 'technicien', en: 'technician' },
  role_manager: { fr: 'responsable', en: 'manager' },
  role_billing: { fr: 'facturation', en: 'billing' },
  person: { fr: 'Personne', en: 'Person' },
  roles: { fr: 'Rôles', en: 'Roles' },
  state: { fr: 'État', en: 'State' },
  you: { fr: 'vous', en: 'you' },
  pick: { fr: 'Choisir…', en: 'Choose…' },
});
