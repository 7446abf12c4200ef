/** Swedish: one row per ErrorText. A row speaks to somebody with a patient waiting, and never blames them. */
import type { ErrorMessages } from './error-message.ts';

export const svErrors: ErrorMessages = {
  'request-broken': {
    title: 'Något fattas i adressen',
    happened: 'En del av det som skulle komma hit saknas eller går inte att läsa. Kanske är det en gammal länk eller ett bokmärke.',
    todo: 'Öppna {service} så som du brukar, och logga in därifrån.',
  },
  'request-untrusted': {
    title: 'Vi vet inte säkert vem som frågar',
    happened: 'Någon vill få veta vem du är, men vi kan inte se att frågan verkligen kommer från en ansluten tjänst. Därför stannar vi här. Inget om dig har lämnats ut.',
    todo: 'Öppna {service} så som du brukar, och försök därifrån.',
  },
  'request-repeated': {
    title: 'Den här inloggningen är redan använd',
    happened: 'En inloggning gäller bara en gång. Det här händer lätt om man går bakåt, laddar om sidan eller öppnar ett bokmärke.',
    todo: 'Öppna {service} på nytt och logga in därifrån.',
  },
  'request-old': {
    title: 'Det tog för lång tid',
    happened: 'Du skickades hit för en stund sedan, och den begäran gäller inte längre. Det kan också bero på att en klocka går fel.',
    todo: 'Öppna {service} på nytt och logga in därifrån.',
  },
  'service-unknown': {
    title: 'Tjänsten är inte ansluten',
    happened: 'Vi känner inte till tjänsten som skickade dig hit, så vi kan inte logga in dig i den.',
    todo: 'Kontrollera att du öppnade rätt adress. Är den rätt behöver tjänsten anslutas först.',
  },
  'service-disabled': {
    title: 'Inloggningen är avstängd',
    happened: 'Det går inte att logga in i {service} just nu. Inloggningen dit har stängts av.',
    todo: 'Fråga supporten när den öppnar igen.',
  },
  'party-disabled': {
    title: 'Inloggningen är avstängd',
    happened: 'Organisationen bakom {service} är inte ansluten här just nu.',
    todo: 'Fråga supporten när den öppnar igen.',
  },
  'level-impossible': {
    title: 'Den här inloggningen räcker inte till',
    happened: 'Du är den du säger, men {service} kräver en högre tillitsnivå än din inloggning ger.',
    todo: 'Logga in med ett annat kort eller på ett annat sätt.',
  },
  'interaction-needed': {
    title: 'Du behöver logga in',
    happened: 'Tjänsten frågade om du redan var inloggad, och det var du inte.',
    todo: 'Öppna {service} på nytt och logga in.',
  },
  'address-unknown': {
    title: 'Vi vet inte vart svaret ska',
    happened: 'Adressen som svaret skulle skickas till är inte anmäld hos oss. Därför skickar vi inget.',
    todo: 'Öppna {service} så som du brukar. Händer det igen behöver någon rätta det.',
  },
  'request-unsupported': {
    title: 'Tjänsten bad om något vi inte har',
    happened: 'Begäran är äkta, men den är ställd på ett sätt som vi inte kan svara på.',
    todo: 'Du kan inte göra något åt det själv.',
  },
  'card-none': {
    title: 'Vi såg inget kort',
    happened: 'Kortet satt kanske inte i läsaren, eller så stängdes rutan där man väljer certifikat.',
    todo: 'Sätt i kortet, vänta ett par sekunder och försök igen.',
  },
  'card-signature': {
    title: 'Fel certifikat valdes',
    happened: 'Kortet har två certifikat: ett för legitimering och ett för underskrift. Nu valdes det för underskrift.',
    todo: 'Försök igen och välj det andra.',
  },
  'card-expired': {
    title: 'Kortet har gått ut',
    happened: 'Kortets giltighetstid är slut, så det går inte att logga in med det.',
    todo: 'Har du ett nyare kort, använd det. Annars kan du få ett reservkort där ni lämnar ut kort.',
  },
  'card-not-yet-valid': {
    title: 'Kortet gäller inte än',
    happened: 'Kortets giltighetstid har inte börjat.',
    todo: 'Använd ditt gamla kort så länge, eller be om ett reservkort.',
  },
  'card-revoked': {
    title: 'Kortet är spärrat',
    happened: 'Kortet får inte användas längre. Kanske har det anmälts borttappat, eller så har du fått ett nytt.',
    todo: 'Använd ditt nya kort. Har du inget kan du få ett reservkort där ni lämnar ut kort.',
  },
  'card-issuer-unknown': {
    title: 'Vi känner inte igen kortet',
    happened: 'Kortet kommer från en utfärdare som vi inte litar på här. SITHS-kort och Efos-kort fungerar.',
    todo: 'Försök med ditt SITHS-kort eller Efos-kort.',
  },
  'card-level-unknown': {
    title: 'Kortet går inte att använda här',
    happened: 'Kortet är äkta, men det framgår inte vilken tillitsnivå det har. Därför kan vi inte logga in dig med det.',
    todo: 'Försök med ett annat kort om du har ett.',
  },
  'card-cannot-check': {
    title: 'Vi kan inte kontrollera kortet just nu',
    happened: 'Vi får inte veta om kortet är spärrat. Då släpper vi inte in någon, för säkerhets skull.',
    todo: 'Vänta en minut och försök igen.',
  },
  'card-unreadable': {
    title: 'Kortet gick inte att läsa',
    happened: 'Uppgifterna på kortet är inte skrivna så som de ska vara.',
    todo: 'Försök med ett annat kort om du har ett.',
  },
  'card-proxy': {
    title: 'Kortet kom inte fram till oss',
    happened: 'Något på vägen mellan din dator och oss lämnade inte över kortet på rätt sätt. Det är inget fel på kortet.',
    todo: 'Öppna {service} på nytt och försök en gång till.',
  },
  'card-link-used': {
    title: 'Kortsteget har gått ut',
    happened: 'Det steget gäller i två minuter och bara en gång.',
    todo: 'Försök igen, så börjar det steget om.',
  },
  'person-unknown': {
    title: 'Vi hittar dig inte i HSA-katalogen',
    happened: 'Det är inget fel på kortet. Men uppgifterna om dig som arbetar i vården hämtas ur HSA-katalogen, och där finns du inte.',
    todo: 'Be din chef, eller den som sköter HSA hos er, att lägga in dig.',
  },
  'person-elsewhere': {
    title: 'Din anställning hör inte hit',
    happened: 'Du finns i HSA-katalogen, men inte hos någon organisation som använder den här inloggningen.',
    todo: 'Logga in där din arbetsgivare brukar ha sin inloggning, eller fråga supporten.',
  },
  'directory-away': {
    title: 'HSA-katalogen svarar inte',
    happened: 'Vi behöver hämta uppgifter om din anställning, men får inget svar just nu.',
    todo: 'Vänta en minut och försök igen.',
  },
  'commission-none': {
    title: 'Du har inget uppdrag att arbeta i',
    happened: 'För {service} behövs ett medarbetaruppdrag, och du har inget som gäller i dag.',
    todo: 'Be din chef, eller den som sköter HSA hos er, att ge dig ett.',
  },
  'employee-none': {
    title: 'Vi hittar ingen anställning',
    happened: 'Du finns i HSA-katalogen, men utan någon anställning som gäller i dag.',
    todo: 'Be din chef, eller den som sköter HSA hos er, att se över dina uppgifter.',
  },
  'required-missing': {
    title: 'En uppgift om dig saknas',
    happened: 'Utan den uppgiften tar {service} inte emot dig, och den finns inte i HSA-katalogen.',
    todo: 'Be din chef, eller den som sköter HSA hos er, att lägga in den.',
  },
  'required-held-back': {
    title: 'Tjänsten frågar efter för mycket',
    happened: 'För att komma in i {service} krävs en uppgift om dig som tjänsten inte får ta del av. Därför går det inte vidare. Inget om dig har lämnats ut.',
    todo: 'Det är inget du kan göra något åt själv. De som har hand om tjänsten behöver rätta till det.',
  },
  'wrong-person': {
    title: 'Det blev fel person',
    happened: 'Den som legitimerade sig är inte den som {service} väntade på.',
    todo: 'Kontrollera att det är ditt eget kort som sitter i läsaren, och försök igen.',
  },
  'login-cancelled': {
    title: 'Inloggningen är avbruten',
    happened: 'Inga uppgifter om dig har lämnats ut.',
    todo: 'Vill du logga in ändå börjar du om i {service}.',
  },
  'login-lost': {
    title: 'Inloggningen kom av sig',
    happened: 'Webbläsaren kom tillbaka utan det som håller ihop inloggningen. Det kan bero på en gammal flik, på att det dröjde, eller på att kakor är blockerade.',
    todo: 'Försök en gång till.',
  },
  'login-over': {
    title: 'Den här inloggningen finns inte kvar',
    happened: 'Sidan hör till en inloggning som är slut. Kanske är det en gammal flik eller ett bokmärke.',
    todo: 'Öppna {service} så som du brukar, och logga in därifrån.',
  },
  'login-elsewhere': {
    title: 'Inloggningen hör till en annan webbläsare',
    happened: 'Den började någon annanstans och kan bara bli klar där.',
    todo: 'Har någon skickat länken till dig? Använd den inte. Öppna {service} själv och logga in därifrån.',
  },
  'login-done': {
    title: 'Inloggningen är redan klar',
    happened: 'En annan flik eller ett dubbelklick hann före.',
    todo: 'Gå tillbaka till {service}. Du bör vara inloggad där.',
  },
  'method-none': {
    title: 'Det finns inget sätt att logga in',
    happened: 'Inget av de sätt att logga in som är öppna för {service} ger den tillitsnivå som krävs.',
    todo: 'Du kan inte göra något åt det själv.',
  },
  'choice-unknown': {
    title: 'Listan har ändrats',
    happened: 'Det du valde finns inte längre i listan. Den ändrades medan sidan var öppen.',
    todo: 'Gå tillbaka och välj igen.',
  },
  'store-away': {
    title: 'Inloggningen är tillfälligt ur drift',
    happened: 'En del av vårt system svarar inte. Det är inget fel på ditt kort.',
    todo: 'Vänta en minut och försök igen. Är du redan inloggad i en tjänst kan du arbeta vidare där.',
  },
  'audit-away': {
    title: 'Vi kan inte logga in någon just nu',
    happened: 'Varje inloggning ska gå att följa i efterhand, och just nu går det inte att skriva ned dem. Då släpper vi inte in någon.',
    todo: 'Vänta en minut och försök igen. Är du redan inloggad i en tjänst kan du arbeta vidare där.',
  },
  'busy': {
    title: 'Vänta en liten stund',
    happened: 'Det har kommit många inloggningar härifrån på kort tid.',
    todo: 'Vänta en minut och försök igen.',
  },
  'service-busy': {
    title: 'Tjänsten skickar för många inloggningar',
    happened: 'Tjänsten du kom från har på kort tid skickat fler inloggningar än den får. Andra tjänster påverkas inte.',
    todo: 'Vänta en minut och försök igen. Kontakta tjänstens support om det fortsätter.',
  },
  'form-foreign': {
    title: 'Svaret kom från en gammal sida',
    happened: 'Knappen hörde till en sida som inte gäller längre, eller till en annan flik.',
    todo: 'Gå tillbaka till {service} och börja om därifrån.',
  },
  'page-unknown': {
    title: 'Sidan finns inte',
    happened: 'Adressen leder ingenstans hos oss.',
    todo: 'Öppna den tjänst du ska till, så skickar den dig rätt.',
  },
  'host-unknown': {
    title: 'Fel adress',
    happened: 'Du kom hit på en adress som vi inte svarar på.',
    todo: 'Öppna den tjänst du ska till, så skickar den dig rätt.',
  },
  'internal': {
    title: 'Något gick fel hos oss',
    happened: 'Ett fel stoppade inloggningen. Det är inget du har gjort.',
    todo: 'Försök igen. Händer det en gång till, ring supporten och säg referensen.',
  },
  'mobile-refused': {
    title: 'Det avbröts i appen',
    happened: 'Legitimeringen i mobilen avbröts eller nekades.',
    todo: 'Försök igen, eller logga in på ett annat sätt.',
  },
  'mobile-replaced': {
    title: 'En annan inloggning tog över',
    happened: 'Samtidigt började någon en ny inloggning för samma person, och då avbröts båda.',
    todo: 'Var det du, försök igen. Var det inte du, ring supporten: någon annan kan försöka logga in som du.',
  },
  'mobile-credential': {
    title: 'Legitimationen i mobilen går inte att använda',
    happened: 'Den är spärrad, har gått ut, eller är av ett slag som inte räcker här.',
    todo: 'Logga in på ett annat sätt. Beställ en ny mobil legitimation hos din organisation.',
  },
  'mobile-elsewhere': {
    title: 'Mobilen och webbläsaren är på olika nät',
    happened: 'Du valde appen på den här enheten, men den svarade från ett annat nät.',
    todo: 'Försök igen på samma nät. Godkänn aldrig en inloggning som någon annan har bett dig om.',
  },
  'mobile-app': {
    title: 'Appen klarade inte av det',
    happened: 'Appen i mobilen gav upp eller är för gammal.',
    todo: 'Uppdatera appen och försök igen, eller logga in på ett annat sätt.',
  },
  'mobile-unknown': {
    title: 'Ingen mobil legitimation hittades',
    happened: 'Den som du skrev in har ingen mobil legitimation som vi kan nå.',
    todo: 'Kontrollera att du skrev rätt, eller logga in på ett annat sätt.',
  },
  'mobile-expired': {
    title: 'Tiden i appen gick ut',
    happened: 'Vi väntade på ett svar från mobilen, men det kom inget.',
    todo: 'Ha appen öppen och försök igen.',
  },
  'mobile-away': {
    title: 'Det går inte att använda mobilen just nu',
    happened: 'Tjänsten för mobil legitimering svarar inte.',
    todo: 'Logga in på ett annat sätt, eller vänta en minut och försök igen.',
  },
  'upstream-refused': {
    title: 'Din organisation släppte inte igenom dig',
    happened: 'Inloggningen hos din organisation blev inte godkänd.',
    todo: 'Försök igen, eller logga in på ett annat sätt.',
  },
  'upstream-away': {
    title: 'Din organisations inloggning svarar inte',
    happened: 'Vi skickade frågan vidare till din organisation, men fick inget svar att lita på.',
    todo: 'Vänta en minut och försök igen, eller logga in på ett annat sätt.',
  },
  'upstream-closed': {
    title: 'Din organisations inloggning är avstängd',
    happened: 'Inloggningen hos din organisation används inte här just nu.',
    todo: 'Logga in på ett annat sätt, eller fråga supporten när den öppnar igen.',
  },
  'not-a-page': {
    title: 'Något gick fel hos oss',
    happened: 'Ett fel stoppade inloggningen. Det är inget du har gjort.',
    todo: 'Försök igen om en stund.',
  },
};
