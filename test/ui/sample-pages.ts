/** One good frame and one or more good examples of every page: the messages that tests break one thing of. All persons are invented. */
import { errorCatalogue, type ErrorCode } from '../../src/core/error-catalogue.ts';
import type { ReferenceId } from '../../src/core/ids.ts';
import type { CommissionOption, OrganisationList, OrganisationOption, Page, PageFrame } from '../../src/login/pages.ts';

export const frame: PageFrame = {
  locale: 'sv',
  asker: { name: { sv: 'Journalsystemet', en: 'The record system' }, logo: null, partyName: 'Västra Götalandsregionen', homeUrl: 'https://journal.example.org/' },
  support: { name: 'Borås Stad IT-support', phone: '033-00 00 00', email: 'it-support@boras.example', hours: { sv: 'vardagar 7–17', en: 'weekdays 7–17' } },
  reference: '7KQ-4MD-2XW' as ReferenceId,
  environment: 'production',
  formToken: 'aToken.ofTheList',
  base: '/login/AAAAAAAAAAAAAAAAAAAAAA',
  otherLanguageUrl: '/language/en',
};
export const framed = (change: Partial<PageFrame>): PageFrame => ({ ...frame, ...change });
const bare = framed({ asker: null, base: null, formToken: null });

const commission = (index: number, unit: string, provider: string, purpose = 'Vård och behandling', lastUsed = false): CommissionOption => ({ index, unit, provider, purpose, name: `${purpose}, ${unit}`, lastUsed });
const sas = 'Södra Älvsborgs sjukhus';
const boras = 'Borås Stad, vård och äldre';
export const oneCommission: readonly CommissionOption[] = [commission(0, 'Medicinavdelning 42', sas)];
export const threeCommissions: readonly CommissionOption[] = [
  commission(0, 'Akutmottagningen', sas), commission(1, 'Medicinavdelning 42', sas, 'Vård och behandling', true), commission(2, 'Hemsjukvården Norr', boras),
];
const providers = [sas, boras, 'Närhälsan', 'Sahlgrenska Universitetssjukhuset', 'Vårdcentralen Fjällsippan AB'];
const units = ['Akutmottagningen', 'Medicinavdelning', 'Hemsjukvården', 'Barnmottagningen', 'Kvalitetsregister, medicin', 'Rehabiliteringsmottagningen för vuxna', 'Vårdcentralen', 'Ögonmottagningen'];
export const fortyCommissions: readonly CommissionOption[] = Array.from({ length: 40 }, (_unused, index) =>
  commission(index, `${units[index % units.length] ?? ''} ${index + 1}`, providers[Math.floor(index / 8)] ?? sas, index % 5 === 4 ? 'Kvalitetssäkring' : 'Vård och behandling', index === 17));

const form = { kind: 'post-form', action: 'https://journal.example.org/saml/acs', fields: { SAMLResponse: 'PHNhbWxwOlJlc3BvbnNlLz4=', RelayState: 'a&b="c"' } } as const;
const at = Date.UTC(2026, 10, 23, 6, 5);
export const cardCodes: readonly ErrorCode[] = ['card.none', 'card.signature-certificate', 'card.expired', 'card.revoked', 'card.issuer-unknown', 'card.revocation-unknown'];
export const everyCode = Object.keys(errorCatalogue) as readonly ErrorCode[];

export interface Sample { readonly name: string; readonly page: Page; readonly frame: PageFrame }
const sample = (name: string, page: Page, change: Partial<PageFrame> = {}): Sample => ({ name, page, frame: framed(change) });
const method = (id: string, kind: 'certificate' | 'mobile' | 'upstream', lastUsed = false, unavailable: 'level' | null = null) => ({ id, kind, lastUsed, unavailable });
const me: Page = {
  kind: 'me', personName: 'Vilma Testsson', method: 'card', methodKind: 'certificate', level: 'loa3', since: at, until: at + 8 * 3_600_000,
  commission: { unit: 'Medicinavdelning 42', purpose: 'Vård och behandling' },
  services: [
    { key: 'saml:vgr/journal', name: { sv: 'Journalsystemet', en: 'The record system' }, partyName: 'Västra Götalandsregionen', answeredAt: at },
    { key: 'oidc:boras/hem', name: { sv: 'Hemtjänstportalen', en: 'Home care portal' }, partyName: 'Borås Stad', answeredAt: at + 600_000 },
  ],
  left: null,
};

const organisations = ['Ale kommun', 'Borås Stad', 'Essunga kommun', 'Göteborgs Stad', 'Hjo kommun', 'Lerums kommun', 'Mölndals stad', 'Partille kommun', 'Skövde kommun', 'Trollhättans Stad', 'Uddevalla kommun', 'Västra Götalandsregionen'].map((name, index) => ({ id: `party${index}/idp`, name: { sv: name, en: name === 'Göteborgs Stad' ? 'City of Gothenburg' : name }, partyName: name, logo: null, lastUsed: false }));
const otherWays = [method('card', 'certificate'), { ...method('phone', 'mobile'), label: { sv: 'Mobilt Efos', en: 'Mobile Efos' } }];
const listOf = (options: readonly OrganisationOption[]): OrganisationList => ({ options, total: options.length, search: '' });

export const samples: readonly Sample[] = [
  sample('choose-method', { kind: 'choose-method', methods: [method('card', 'certificate', true), method('phone', 'mobile'), method('home', 'upstream')], failure: null, cancellable: true }),
  sample('choose-method-after-failure', { kind: 'choose-method', methods: [method('card', 'certificate'), method('phone', 'mobile', false, 'level')], failure: 'login.code', cancellable: true }, { environment: 'test' }),
  sample('card', { kind: 'card', continueTo: 'https://card.example.org/card/AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBB', otherMethods: true }),
  ...cardCodes.map((code) => sample(code.replace('.', '-'), { kind: 'card-failed', code, methodKind: 'certificate', tryAgain: `${frame.base ?? ''}/method/card`, otherMethods: code === 'card.revoked' ? `${frame.base ?? ''}/method` : null })),
  sample('organisation-refused', { kind: 'card-failed', code: 'upstream.unavailable', methodKind: 'upstream', tryAgain: `${frame.base ?? ''}/method/organisation`, otherMethods: `${frame.base ?? ''}/method` }),
  sample('confirm-session', { kind: 'confirm-session', personName: 'Vilma Testsson' }),
  sample('confirm-session-circles', { kind: 'confirm-session', personName: 'Vilma Testsson', circles: true }),
  sample('card-test', { kind: 'card-test', partyName: 'Västra Götalandsregionen', starts: [{ startUrl: '/card-test/vgr/siths-card', label: null }] }, { asker: null, base: null, formToken: null }),
  sample('card-test-good', { kind: 'card-test-result', retry: 'https://bryggan.example.org/card-test/vgr', report: { verdict: { ok: true, level: 'loa3' }, certificate: { holder: 'Vilma Testsson', identifier: 'SE2321000131-DEV1001', issuer: 'CN=DEV SITHS e-id Person HSA-id 3 CA v1,O=Bryggan Development,C=SE', listed: 'dev-siths-hsa-id-3', serial: '4f2a', validFrom: at - 86_400_000, validTo: at + 86_400_000 * 300, policies: ['2.999.752.3.1'] }, revocation: { status: 'good', source: 'crl', asOf: at, stale: false } } }, { asker: null, base: null, formToken: null }),
  sample('card-test-revoked', { kind: 'card-test-result', retry: 'https://bryggan.example.org/card-test/vgr', report: { verdict: { ok: false, code: 'card.revoked' }, certificate: { holder: 'Vilma Testsson', identifier: '19900101-••••', issuer: 'CN=Okänd CA', listed: null, serial: '4f2a', validFrom: at, validTo: at + 86_400_000, policies: [] }, revocation: { status: 'unknown', why: 'the list is too old' } } }, { asker: null, base: null, formToken: null }),
  sample('choose-organisation', { kind: 'choose-organisation', failure: null, others: otherWays, list: listOf(organisations.map((option, index) => ({ ...option, lastUsed: index === 0 }))) }),
  sample('choose-organisation-first-time', { kind: 'choose-organisation', failure: null, others: otherWays, list: listOf(organisations) }),
  sample('choose-organisation-found', { kind: 'choose-organisation', failure: null, others: otherWays, list: { options: organisations.slice(3, 4), total: organisations.length, search: 'goteborg' } }),
  sample('choose-organisation-none-found', { kind: 'choose-organisation', failure: null, others: otherWays, list: { options: [], total: organisations.length, search: 'xyzzy' } }),
  sample('discovery', { kind: 'discovery', list: listOf(organisations.map((option, index) => ({ ...option, lastUsed: index === 0 }))), asked: { entityID: 'https://journal.example.org/saml', return: 'https://journal.example.org/ds?a=1', returnIDParam: 'entityID' } }, { base: null, formToken: null }),
  sample('choose-organisation-few', { kind: 'choose-organisation', failure: 'upstream.unavailable', others: [...otherWays.slice(0, 1), method('phone', 'mobile', false, 'level')], list: listOf(organisations.slice(0, 3)) }),
  sample('choose-method-remembered', { kind: 'choose-method', failure: null, cancellable: true, remembered: true, methods: [{ ...method('idp:ale/adfs', 'upstream', true), label: { sv: 'Ale kommun', en: 'Ale municipality' } }, { ...method('organisation', 'upstream'), other: true }, method('card', 'certificate')] }),
  sample('choose-employee', { kind: 'choose-employee', options: [{ index: 0, organisation: 'Borås Stad', title: 'Sjuksköterska', lastUsed: false }, { index: 1, organisation: 'Västra Götalandsregionen', title: 'Sjuksköterska, medicin', lastUsed: true }] }),
  sample('choose-commission-1', { kind: 'choose-commission', options: oneCommission }),
  sample('choose-commission-3', { kind: 'choose-commission', options: threeCommissions }),
  sample('choose-commission-40', { kind: 'choose-commission', options: fortyCommissions }),
  sample('choose-commission-long', { kind: 'choose-commission', options: [
    commission(0, 'Specialistsjukvårdsmottagningen för ögonsjukdomar och närliggande sjukdomar, Skaraborgs Sjukhus Lidköping', 'Västra Götalandsregionens gemensamma specialistsjukvårdsorganisation', 'Vård och behandling', true),
    commission(1, 'Hälso-och-sjukvårdsstödsamordningsfunktionen', 'Hälso- och sjukvårdsförvaltningen i Mölndals stad', 'Administration'),
  ] }, { asker: { name: { sv: 'Västra Götalands gemensamma läkemedelshanteringssystem för kommunal hälso- och sjukvård', en: 'The shared medicines management system of Västra Götaland for municipal healthcare' }, logo: null, partyName: 'Tjänst som alla parter delar, förvaltad av Västra Götalandsregionen', homeUrl: null }, environment: 'acceptance' }),
  sample('what-is-sent', { kind: 'what-is-sent', facts: [
    { label: { sv: 'Namn', en: 'Name' }, values: ['Vilma Testsson'] },
    { label: { sv: 'HSA-id', en: 'HSA-id' }, values: ['TSTNMT2321000131-1A2B'] },
    { label: { sv: 'Legitimerad yrkesgrupp', en: 'Licensed profession' }, values: ['Sjuksköterska', 'Barnmorska'] },
  ] }),
  sample('on-the-way', { kind: 'on-the-way', form }),
  sample('already-logged-in', { kind: 'already-logged-in', serviceUrl: 'https://journal.example.org/' }),
  sample('start-again', { kind: 'start-again', code: 'login.cookie-missing', serviceUrl: 'https://journal.example.org/' }),
  { name: 'start-again-unknown', page: { kind: 'start-again', code: 'login.unknown', serviceUrl: null }, frame: bare },
  sample('error', { kind: 'error', code: 'commission.none', answer: form, retry: `${frame.base ?? ''}/` }),
  sample('error-operations', { kind: 'error', code: 'directory.unavailable', answer: form, retry: `${frame.base ?? ''}/` }),
  { name: 'error-arrival', page: { kind: 'error', code: 'signature.invalid', answer: null, retry: null }, frame: bare },
  { name: 'me', page: me, frame: { ...bare, base: '', formToken: 'aToken' } },
  { name: 'nobody', page: { kind: 'nobody' }, frame: bare },
  { name: 'metadata-feeds', page: {
    kind: 'metadata-feeds', certificate: 'a1b2c3d4'.repeat(8), frozen: { path: '/metadata/sambi-frozen.xml', sha1: '01234567'.repeat(5), sha256: '89abcdef'.repeat(8) },
    feeds: [{ id: 'sambi', path: '/metadata/sambi.xml', signedAt: at, validUntil: at + 7 * 86_400_000, sha256: '00ff00ff'.repeat(8), members: [
      { entityId: 'https://login.example.org/saml/metadata', name: { sv: 'Bryggan', en: 'Bryggan' }, organisation: 'Västra Götalandsregionen', kind: 'identity-provider', since: at },
      { entityId: 'https://hemtjanst.example.org/with/a/very-long-path-that-nobody-would-read-aloud/metadata', name: { sv: 'Hemtjänstportalen', en: 'Home care portal' }, organisation: 'Borås Stad', kind: 'service', since: at },
    ] }],
  }, frame: bare },
  { name: 'metadata-feeds-none', page: { kind: 'metadata-feeds', certificate: 'a1b2c3d4'.repeat(8), frozen: null, feeds: [] }, frame: bare },
  { name: 'log-out', page: { kind: 'log-out' }, frame: { ...bare, base: '', formToken: 'aToken' } },
  { name: 'logged-out', page: { kind: 'logged-out', services: [{ name: { sv: 'Journalsystemet', en: 'The record system' }, result: 'logged-out', frame: null }], continueTo: null }, frame: bare },
  sample('phone-start', { kind: 'phone-start', method: 'efos-phone', onPhone: false, otherDevice: 'qr', failure: null, otherMethods: '/login/x/method' }),
  sample('phone-start-on-phone', { kind: 'phone-start', method: 'efos-phone', onPhone: true, otherDevice: 'qr', failure: 'mobile.cancelled', otherMethods: '/login/x/method' }),
  sample('phone-start-identity', { kind: 'phone-start', method: 'efos-phone', onPhone: false, otherDevice: 'identity', failure: null, otherMethods: null }),
  sample('phone-picture', { kind: 'phone', method: 'efos-phone', device: 'other', hint: 'start-app', secondsLeft: 160, startUrl: null, picture: '/login/x/phone/efos-phone/picture', statusUrl: '/login/x/phone/efos-phone/status', otherMethods: '/login/x/method' }),
  sample('phone-here', { kind: 'phone', method: 'efos-phone', device: 'same', hint: 'user-sign', secondsLeft: 42, startUrl: 'netid:///?autostarttoken=x&redirect=null', picture: null, statusUrl: '/login/x/phone/efos-phone/status', otherMethods: null }),
  sample('me-phone', { ...me, method: 'bankid', methodKind: 'mobile', phone: { browserAddress: '192.0.2.9', address: '2001:db8::7', name: 'Vilmas telefon' } }, { base: '' }),
  sample('me-choose', { ...me, methodKind: 'upstream', methodNames: { sv: 'Göteborgs Stad', en: 'City of Gothenburg' }, commission: null, canChange: true, services: [{ key: 'saml:goteborg/idp', name: { sv: 'Göteborgs Stads inloggning', en: 'City of Gothenburg Login' }, partyName: 'Göteborgs Stad', answeredAt: at + 300_000, behind: [{ sv: 'Tidrapporten', en: 'Time reports' }, { sv: 'Personalportalen', en: 'Staff portal' }] }] }, { base: '' }),
  sample('me-left-one', { ...me, canChange: true, left: { name: { sv: 'Labbsvar', en: 'Lab results' }, result: 'logged-out', frame: null } }, { base: '' }),
  { name: 'logging-out', page: { kind: 'logging-out', services: [{ name: { sv: 'Journalsystemet', en: 'The record system' }, result: 'logged-out', frame: null }, { name: { sv: 'Hemtjänstportalen', en: 'Home care portal' }, result: 'waiting', frame: null }], next: '/logout/x/next', skip: '/logout/x/skip?step=1', probe: 'https://hemtjanst.example.org/slo' }, frame: bare },
  { name: 'logged-out-partly', page: { kind: 'logged-out', services: [{ name: { sv: 'Göteborgs Stads inloggning', en: 'City of Gothenburg Login' }, result: 'logged-out', frame: null, behind: [{ sv: 'Tidrapporten', en: 'Time reports' }] }, { name: { sv: 'Hemtjänstportalen', en: 'Home care portal' }, result: 'unreachable', frame: null }, { name: { sv: 'Labbsvar', en: 'Lab results' }, result: 'cannot', frame: null }, { name: { sv: 'Schemat', en: 'The schedule' }, result: 'framed', frame: 'https://schema.example.org/logout?sid=x' }], continueTo: { name: { sv: 'Tidboken', en: 'The appointment book' }, path: '/logout/x/done' } }, frame: bare },
];
