// @ts-check
/** @file The form of each kind of paper: its clause, whose matter it is, and its fields with an example of each. */

/**
 * A field: `text`, `date`, `moment`, `month`, `number`, `euro`, `yes`, or one of some words.
 * @typedef {{ key: string, type: string, example?: string, words?: string[], optional?: boolean, start?: string }} Field
 * @typedef {{ clause: string, sort: 'contract' | 'work' | 'money', about?: 'machine' | 'either', fields: Field[] }} Form
 */

/** @param {string} key @param {string} type @param {string} [example] @returns {Field} */
const must = (key, type, example) => ({ key, type, example });
/** @param {string} key @param {string} type @param {string} [example] @returns {Field} */
const may = (key, type, example) => ({ key, type, example, optional: true });
/** @param {string} key @param {string[]} words @param {boolean} [optional] @returns {Field} */
const pick = (key, words, optional = false) => ({ key, type: 'word', words, optional });

const from = must('from', 'date');
const until = may('until', 'date');
const WORK = ['assistance', 'maintenance', 'add_hardware', 'add_software', 'data_handling', 'change', 'pre_contract_audit'];

/** @type {Record<string, Form>} */
export const forms = {
  client: { clause: '15.2', sort: 'contract', fields: [pick('class', ['professional', 'non_professional', 'consumer']), from] },
  site: { clause: '2.3', sort: 'contract', fields: [must('site', 'text', 'Siège'), from, until, may('siret', 'text', '73282932000074'), { ...must('country', 'text', 'FR'), start: 'FR' }, may('postal', 'text', '94200'), may('commune', 'text', '94041'), may('main', 'yes')] },
  scope: { clause: '2.3', sort: 'contract', fields: [from, may('whole_fleet', 'text', '732829320'), may('establishment', 'text', '73282932000074')] },
  option: { clause: '1.1', sort: 'contract', fields: [pick('option', ['onsite', 'backup']), from, until] },
  letter: { clause: '6.3', sort: 'contract', fields: [pick('by', ['client', 'provider']), pick('form', ['registered_letter', 'electronic_registered_letter', 'letter', 'email', 'spoken']), may('sent_on', 'date'), may('received_on', 'date'), may('proof', 'text', '1A 234 567 8901 2')] },
  withdrawal: { clause: '6.3', sort: 'contract', fields: [must('letter', 'number', '12'), pick('by', ['client', 'provider']), must('on', 'date')] },
  renewal_notice: { clause: '15.2', sort: 'contract', fields: [must('told_on', 'date'), may('proof', 'text', 'dossier 4')] },
  moved_abroad: { clause: '6.2', sort: 'contract', fields: [must('to_country', 'text', 'BE'), must('moved_on', 'date'), must('letter_on', 'date'), must('all_sites', 'yes')] },
  echeance: { clause: '6.1', sort: 'contract', fields: [must('first_echeance', 'date')] },
  terms: { clause: '1.2', sort: 'contract', fields: [must('version', 'text', '2025-2'), must('sha256', 'text', '64 × 0-9 a-f'), from] },
  assignment: { clause: '13.1', sort: 'contract', fields: [must('to', 'text', 'Autre Maintenance SARL'), must('on', 'date'), may('client_informed_on', 'date')] },
  data_request: { clause: '14.1', sort: 'contract', fields: [pick('request', ['access', 'rectification', 'erasure', 'restriction', 'objection']), must('asked_on', 'date'), may('closed_on', 'date'), may('note', 'text')] },
  marketing: { clause: '14.2', sort: 'contract', fields: [must('allowed', 'yes'), from, pick('channel', ['letter', 'registered_letter', 'email', 'phone', 'in_person'])] },
  reference: { clause: '14.3', sort: 'contract', fields: [must('allowed', 'yes'), from] },
  legal_hold: { clause: '15.3', sort: 'contract', fields: [must('reason', 'text', 'litige sur une facture'), from, until] },
  establishment: { clause: '2.3', sort: 'contract', about: 'machine', fields: [must('siret', 'text', '73282932000074'), from] },
  unlisted: { clause: '2.4', sort: 'contract', about: 'machine', fields: [from, until] },
  representative: { clause: '2.2', sort: 'contract', about: 'machine', fields: [must('person', 'text', 'Mme Leroy, gérante'), from, until] },
  reserve: { clause: '2.1', sort: 'contract', about: 'either', fields: [must('on', 'date'), must('what', 'text', 'disque à remplacer avant l’été')] },
  warranty: { clause: '9.3', sort: 'contract', about: 'machine', fields: [must('warranty_until', 'text', '2027-12-31'), from] },
  quote: { clause: '2.6', sort: 'work', about: 'either', fields: [must('quote', 'text', 'D-2026-031'), pick('for', ['add_hardware', 'add_software', 'data_handling', 'change', 'remediation']), must('offered_on', 'date'), must('what', 'text', 'logiciel de paie')] },
  quote_step: { clause: '2.6', sort: 'work', fields: [must('quote', 'text', 'D-2026-031'), pick('step', ['accepted', 'refused', 'done']), must('at', 'moment')] },
  visit: { clause: '5.5', sort: 'work', about: 'either', fields: [must('visit', 'text', 'V-2026-007'), pick('category', WORK), must('decided_by', 'text', 'sophie.martin'), must('from', 'moment'), must('until', 'moment'), may('site', 'text', 'Siège')] },
  visit_end: { clause: '5.5', sort: 'work', fields: [must('visit', 'text', 'V-2026-007'), pick('outcome', ['done', 'client_absent', 'provider_absent', 'stopped']), pick('stop', ['environment', 'safety', 'no_access'], true), must('on', 'date'), may('note', 'text')] },
  acknowledgement: { clause: '9.3', sort: 'work', about: 'either', fields: [pick('of', ['warranty', 'backup']), must('on', 'date'), must('by', 'text', 'Mme Leroy')] },
  third_party: { clause: '11.5', sort: 'work', about: 'machine', fields: [must('what', 'text', 'box de l’opérateur'), must('found_at', 'moment'), may('informed_at', 'moment')] },
  billing: { clause: '10.1', sort: 'money', fields: [pick('period_months', ['1', '3', '6', '12']), pick('mode', ['transfer', 'cheque', 'card', 'direct_debit']), from] },
  price: { clause: '10.1', sort: 'money', fields: [must('label', 'text', 'Maintenance de 10 postes'), { ...must('quantity', 'number', '10'), start: '1' }, must('unit_cents', 'euro', '25,00'), pick('basis', ['contract', 'notified', 'seen_unlisted']), may('from', 'date'), may('agreed_on', 'date'), may('signed_by_client_on', 'date'), may('signed_by_provider_on', 'date')] },
  tariff: { clause: '10.2', sort: 'money', fields: [must('equipment', 'text', 'poste'), must('unit_cents', 'euro', '25,00'), from] },
  mandate: { clause: '10.4', sort: 'money', fields: [must('rum', 'text', 'AVAL-2026-014'), from, until] },
  index: { clause: '10.5', sort: 'money', fields: [pick('series', ['syntec', 'syntec_old']), must('month', 'month'), must('value_tenths', 'number', '3150'), must('published_on', 'date')] },
  backup: { clause: '7.1', sort: 'money', fields: [must('included_gb', 'number', '100'), may('cents_per_gb', 'euro', '3,00'), from] },
  volume: { clause: '7.1', sort: 'money', fields: [must('month', 'month'), must('bytes', 'number', '112345678901')] },
  quote_line: { clause: '2.5', sort: 'money', fields: [must('quote', 'text', 'D-2026-031'), pick('kind', ['work', 'part', 'software', 'warranty_part']), must('label', 'text'), must('cents', 'euro', '99,00'), may('included', 'yes')] },
  charge: { clause: '2.5', sort: 'money', fields: [pick('kind', ['part', 'software', 'warranty_part', 'quoted_work', 'visit', 'trip']), must('label', 'text'), must('on', 'date'), must('cents', 'euro', '89,00'), may('quote', 'text', 'D-2026-031'), pick('category', WORK, true), pick('cause', ['client_absent', 'site_unsafe'], true)] },
  reception: { clause: '10.3', sort: 'money', fields: [must('invoice_from', 'date'), must('received_on', 'date')] },
};

/** The form of a kind that is in the list. @param {string} kind */
export const formOf = (kind) => /** @type {Form} */ (forms[kind]);

/**
 * What was typed, as the record has it: amounts in cents, numbers and yes or no as such. What is no number stays as it was typed, so that
 * the relay's answer can say what to write.
 * @param {Field} field
 * @param {string | boolean} typed
 * @returns {string | number | boolean | null} nothing was typed: null
 */
export function meant(field, typed) {
  if (typeof typed === 'boolean') return typed || !field.optional ? typed : null;
  const text = typed.trim();
  if (text === '') return null;
  if (field.type === 'number') return /^\d{1,15}$/.test(text) ? Number(text) : text;
  if (field.type === 'euro') {
    const found = /^(\d{1,12})(?:[.,](\d{1,2}))?\s*€?$/.exec(text.replace(/[\s\u00a0\u202f](?=\d)/g, ''));
    return found ? Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0')) : text;
  }
  return text;
}

/** Cents as a person types them: 12,50. @param {number} cents */
export const euros = (cents) => `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, '0')}`;
