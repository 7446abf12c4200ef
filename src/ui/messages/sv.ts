/**
 * Swedish: every word on a page, and the type that the other languages must match. Written to be read once, in passing.
 * `{service}` becomes the asking application's name, or `someService` where it is not known.
 */
import type { Actor } from '../../core/error-catalogue.ts';
import type { ErrorMessages } from './error-message.ts';
import { svErrors } from './sv-errors.ts';

const errors: ErrorMessages = svErrors;
/** Whom the person turns to, by who must act. */
const actors: Readonly<Record<Actor, string>> = {
  'user': 'Går det inte ändå? Ring supporten.',
  'organisation-it': 'Din organisation kan rätta det här. Ring supporten och säg referensen.',
  'service-owner': 'Det här kan de som ansvarar för {service} rätta. Ring supporten och säg referensen, så för de det vidare.',
  'operations': 'Felet är vårt, inte ditt. Ring supporten om det är bråttom.',
};

export const sv = {
  someService: 'tjänsten',
  otherLanguage: { locale: 'en', label: 'English' },
  environment: { test: 'Testmiljö. Alla personer här är påhittade.', acceptance: 'Acceptansmiljö. Inte för riktigt arbete.' },
  help: {
    short: 'Hjälp:',
    heading: 'Behöver du hjälp?',
    reference: 'Referens',
    referenceHint: 'Säg den när du ringer, så hittar de din inloggning.',
    nobody: 'Ring den it-support du brukar ringa.',
  },
  backTo: 'Tillbaka till {service}',
  cancelTo: 'Avbryt och gå tillbaka till {service}',
  cancel: 'Avbryt',
  goOn: 'Fortsätt',
  lastUsed: 'Senast',
  otherWay: 'Logga in på ett annat sätt',
  methods: {
    certificate: { name: 'Kort', hint: 'SITHS eller Efos i kortläsaren' },
    mobile: { name: 'Mobilen', hint: 'I appen, här eller på en annan enhet' },
    upstream: { name: 'Min organisation', hint: 'Med din vanliga inloggning på jobbet' },
  },
  chooseMethod: {
    heading: 'Hur vill du logga in?',
    whyNot: 'Saknar du något sätt att logga in?',
    level: 'Ger inte den tillitsnivå som {service} kräver.',
    none: 'Just nu finns inget sätt att logga in här.',
  },
  phoneStart: {
    heading: 'Var har du appen?',
    same: 'På den här enheten',
    sameHint: 'Vi öppnar appen, och du kommer tillbaka hit',
    other: 'På en annan enhet',
    otherHint: 'Läs av en kod med mobilen',
    otherHeading: 'Appen på en annan enhet',
    person: 'HSA-id eller personnummer',
    personHint: 'Appen på din mobil frågar då efter din kod. Godkänn bara när du själv sitter här.',
  },
  phone: {
    heading: 'Öppna appen i mobilen',
    headingPicture: 'Läs av koden med appen',
    pictureAlt: 'Kod att läsa av med appen. Den byts hela tiden. Kan du inte läsa av den, välj appen på den här enheten eller ett annat sätt att logga in.',
    open: 'Öppna appen',
    startApp: 'Väntar på appen',
    startAppByPicture: 'Väntar på att du läser av koden',
    appStarted: 'Appen har startat',
    userSign: 'Skriv din kod i appen',
    moved: 'Inloggningen har gått vidare i en annan flik. Du kan stänga den här.',
    lost: 'Inloggningen är slut. Börja om från tjänsten.',
    away: 'Vi når inte Bryggan just nu. Vi försöker igen.',
    left: (time: string): string => `${time} kvar`,
    check: (service: string): string => `Godkänn bara om det är du som loggar in i ${service}.`,
    again: 'Börja om med appen',
  },
  card: {
    heading: 'Sätt i kortet',
    steps: ['Sätt i kortet i läsaren.', 'Välj certifikatet för legitimering om du blir tillfrågad.', 'Skriv din pinkod.'],
    nothing: 'Kom det ingen ruta?',
    goOn: 'Läs kortet',
  },
  cardFailed: {
    again: { name: 'Försök igen', hint: 'Du behöver inte stänga webbläsaren' },
    another: { name: 'Försök med ett annat kort', hint: 'Du behöver inte stänga webbläsaren' },
    otherWay: { name: 'Logga in på ett annat sätt', hint: 'Se vilka sätt som finns' },
  },
  confirmSession: {
    heading: (name: string): string => `Är det du som är ${name}?`,
    headingUnnamed: 'Är det fortfarande du?',
    lead: (name: string): string => `${name} är redan inloggad i den här webbläsaren.`,
    leadUnnamed: 'Någon är redan inloggad i den här webbläsaren.',
    yes: (name: string): string => `Ja, fortsätt som ${name}`,
    yesUnnamed: 'Ja, fortsätt',
    no: { name: 'Nej, det är inte jag', hint: 'Logga in med ditt eget kort' },
  },
  chooseEmployee: { heading: 'Vilken anställning gäller det?', lastUsed: 'Senast vald här' },
  chooseCommission: {
    heading: 'Vilket uppdrag arbetar du i nu?',
    lastUsedOne: 'Senast valt här',
    lastUsedMany: 'Tidigare valda här',
    search: (count: number): string => `Sök bland ${count} uppdrag`,
    placeholder: 'Enhet, vårdgivare eller ändamål',
    found: '{found} av {total} uppdrag visas.',
    nothingFound: 'Inget uppdrag passar. Pröva ett annat ord, eller en del av ett.',
    missing: { question: 'Saknas ett uppdrag?', answer: 'Uppdragen hämtas ur HSA-katalogen. Din chef eller den som sköter HSA hos er kan lägga till dem.' },
  },
  whatIsSent: {
    heading: 'Det här får {service} veta om dig',
    lead: 'Inget annat lämnas ut.',
    yes: 'Fortsätt',
  },
  onTheWay: { title: 'Ett ögonblick', heading: 'Vidare till {service}', goOn: 'Fortsätt' },
  alreadyLoggedIn: {
    heading: 'Du är redan inloggad',
    lead: 'Den här inloggningen är klar. Du behöver inte göra om den.',
    goTo: 'Gå till {service}',
    noAddress: 'Gå tillbaka till den flik eller det program där du arbetar. Den här sidan kan du stänga.',
  },
  startAgain: {
    goTo: 'Börja om i {service}',
    noAddress: 'Öppna {service} så som du brukar, och logga in därifrån.',
  },
  error: { retry: 'Försök igen', about: 'Det gäller:' },
  me: {
    heading: 'Din inloggning',
    headingNamed: (name: string): string => name,
    how: 'Inloggad med',
    level: 'Tillitsnivå',
    since: 'Sedan',
    until: 'Gäller som längst till',
    commission: 'Uppdrag',
    changeCommission: 'Byt uppdrag',
    chooseCommission: 'Välj uppdrag',
    services: 'Här är du inloggad',
    leave: 'Logga ut ur tjänsten',
    noServices: 'Du har inte gått till någon tjänst än.',
    logOut: 'Logga ut överallt',
    hint: 'Logga ut när du lämnar datorn.',
  },
  nobody: { heading: 'Ingen är inloggad här', lead: 'Öppna den tjänst du ska till. Den skickar dig hit när du behöver logga in.' },
  logOut: {
    heading: 'Vill du logga ut?',
    lead: 'Du loggas ut härifrån och, där det går, ur de tjänster du har använt.',
    yes: 'Logga ut',
    no: 'Nej, visa min inloggning',
  },
  loggingOut: {
    heading: 'Loggar ut dig',
    lead: 'Vi går till tjänsterna en i taget. Stanna här tills det är klart.',
    next: 'Gå vidare',
  },
  loggedOut: {
    heading: 'Du är utloggad',
    headingPartly: 'Stäng webbläsaren också',
    lead: 'Ta med dig kortet.',
    leadPartly: 'Du är utloggad här, men inte säkert ur alla tjänster. Stäng alla fönster i webbläsaren och ta med dig kortet.',
    results: { 'logged-out': 'Utloggad', 'unreachable': 'Svarade inte', 'cannot': 'Kan inte loggas ut härifrån', 'waiting': 'Väntar på sin tur', 'asked': 'Svarade inte', 'framed': 'Ombedd att logga ut dig, men vi ser inte om det gick' },
    goOn: (service: string): string => `Tillbaka till ${service}`,
  },
  levels: { loa1: 'Nivå 1', loa2: 'Nivå 2', loa3: 'Nivå 3', loa4: 'Nivå 4' },
  actors,
  errors,
};
export type Messages = typeof sv;
