// The page's words in both languages.

const sv = {
  title: 'Demokatalog', stands: 'står i stället för Microsoft Entra ID', tenant: 'Katalog', language: 'Språk',
  heading: 'Katalogen som Samsyn läser', lead: 'Allt här är påhittat. Ändra vad du vill: lägg till någon, byt namn, inaktivera, ta bort, ångra eller flytta mellan grupper.',
  hint: 'När du har ändrat något:', hint2: 'gå tillbaka till Samsyn och tryck Synkronisera nu.',
  people: 'Personer', groups: 'Grupper', deleted: 'Borttagna', faults: 'Fel att prova',
  search: 'Sök namn, användarnamn, titel eller avdelning', searchGroups: 'Sök grupp', newPerson: 'Ny person', newGroup: 'Ny grupp',
  name: 'Namn', jobTitle: 'Titel', department: 'Avdelning', state: 'Läge', active: 'Aktiv', disabled: 'Inaktiverad', guest: 'Gäst',
  edit: 'Ändra', save: 'Spara', cancel: 'Avbryt', close: 'Stäng', remove: 'Ta bort', restore: 'Återställ', forever: 'Ta bort för alltid', add: 'Lägg till', open: 'Öppna',
  displayName: 'Visningsnamn', givenName: 'Förnamn', surname: 'Efternamn', userPrincipalName: 'Användarnamn (UPN)', mail: 'E-post', companyName: 'Företag', officeLocation: 'Kontor', mobilePhone: 'Mobil', businessPhones: 'Telefon', streetAddress: 'Gata', postalCode: 'Postnummer', city: 'Ort', country: 'Land', employeeId: 'Anställningsnummer', preferredLanguage: 'Språk', manager: 'Chef (användarnamn)', enabled: 'Kontot är aktivt', more: 'Tilläggsattribut 1–15', description: 'Beskrivning',
  members: 'Medlemmar', membersIn: 'Medlemmar i', kind: 'Slag', dynamic: 'Dynamisk', assigned: 'Tilldelad', nested: 'grupp', addMember: 'Lägg till person (användarnamn)', dynamicNote: 'Medlemmarna följer gruppens regel och kan inte ändras för hand.',
  saved: 'Sparat. Gå tillbaka till Samsyn och tryck Synkronisera nu.', removed: 'Borttagen. Den finns under Borttagna i 30 dagar.', restored: 'Återställd.', gone: 'Borttagen för alltid.',
  confirmForever: 'Ta bort {0} för alltid? Det kan inte ångras.', nobody: 'Ingen här.', noneFound: 'Ingen träff. Prova ett annat ord.', showing: '{0} av {1}', next: 'Visa fler', deletedAt: 'Borttagen',
  ready: 'Färdiga fel', running: 'Fel som gäller nu', noFaults: 'Inga fel gäller nu. Allt svarar rätt.', stop: 'Upphör', stopAll: 'Ta bort alla fel', start: 'Sätt igång', used: 'använd {0} gånger', left: '{0} gånger kvar', always: 'tills du tar bort det',
  f503: 'Graph svarar 503 på de tre nästa frågorna', f503d: 'Samsyn väntar och försöker igen; körningen ska lyckas.',
  f429: 'Graph ber om väntan (429) på de fem nästa frågorna', f429d: 'Svaret säger hur länge; det ska bara ta längre tid.',
  fcut: 'Förbindelsen bryts mitt i nästa lista', fcutd: 'Ingen får räknas som borttagen för att ett svar tog slut för tidigt.',
  fsecret: 'Fel hemlighet', fsecretd: 'Inloggningen av appen nekas (AADSTS7000215) tills felet tas bort.',
  fconsent: 'Dra tillbaka godkännandet', fconsentd: 'Administratören tar bort appen ur katalogen. Anslut på nytt i Samsyn för att godkänna igen.',
  fdelta: 'Gör sparade deltalänkar ogiltiga', fdeltad: 'Nästa körning måste läsa allt på nytt och jämföra.',
  consentGone: 'Godkännandet är tillbakadraget.', deltaGone: 'Alla deltalänkar är nu ogiltiga.', faultOn: 'Felet gäller nu.', noConsent: 'Ingen app är godkänd i den här katalogen.', failed: 'Det gick inte: {0}',
};

const en = {
  title: 'Demo directory', stands: 'stands in for Microsoft Entra ID', tenant: 'Directory', language: 'Language',
  heading: 'The directory that Samsyn reads', lead: 'Everything here is invented. Change what you like: add somebody, rename, disable, delete, undo, or move people between groups.',
  hint: 'When you have changed something:', hint2: 'then go back to Samsyn and press Synkronisera nu.',
  people: 'People', groups: 'Groups', deleted: 'Deleted', faults: 'Faults',
  search: 'Search name, user name, title or department', searchGroups: 'Search group', newPerson: 'New person', newGroup: 'New group',
  name: 'Name', jobTitle: 'Title', department: 'Department', state: 'State', active: 'Active', disabled: 'Disabled', guest: 'Guest',
  edit: 'Edit', save: 'Save', cancel: 'Cancel', close: 'Close', remove: 'Delete', restore: 'Restore', forever: 'Delete for ever', add: 'Add', open: 'Open',
  displayName: 'Display name', givenName: 'Given name', surname: 'Surname', userPrincipalName: 'User name (UPN)', mail: 'E-mail', companyName: 'Company', officeLocation: 'Office', mobilePhone: 'Mobile', businessPhones: 'Phone', streetAddress: 'Street', postalCode: 'Postcode', city: 'City', country: 'Country', employeeId: 'Employee id', preferredLanguage: 'Language', manager: 'Manager (user name)', enabled: 'The account is active', more: 'Extension attributes 1–15', description: 'Description',
  members: 'Members', membersIn: 'Members of', kind: 'Kind', dynamic: 'Dynamic', assigned: 'Assigned', nested: 'group', addMember: 'Add a person (user name)', dynamicNote: 'The members follow the group’s rule and cannot be changed by hand.',
  saved: 'Saved. Go back to Samsyn and press Synkronisera nu.', removed: 'Deleted. It is under Deleted for 30 days.', restored: 'Restored.', gone: 'Deleted for ever.',
  confirmForever: 'Delete {0} for ever? This cannot be undone.', nobody: 'Nobody here.', noneFound: 'Nothing found. Try another word.', showing: '{0} of {1}', next: 'Show more', deletedAt: 'Deleted',
  ready: 'Ready-made faults', running: 'Faults in force', noFaults: 'No faults are in force. Everything answers rightly.', stop: 'End', stopAll: 'End all faults', start: 'Start', used: 'used {0} times', left: '{0} times left', always: 'until you end it',
  f503: 'Graph answers 503 to the next 3 requests', f503d: 'Samsyn waits and tries again; the run should succeed.',
  f429: 'Graph asks for patience (429) on the next 5 requests', f429d: 'The answer says how long; it should only take longer.',
  fcut: 'The connection breaks in the middle of the next list', fcutd: 'Nobody may count as deleted because an answer ended early.',
  fsecret: 'Wrong secret', fsecretd: 'The app’s own sign-in is refused (AADSTS7000215) until the fault is ended.',
  fconsent: 'Withdraw the consent', fconsentd: 'The administrator removes the app from the directory. Connect anew in Samsyn to consent again.',
  fdelta: 'Make saved delta links unusable', fdeltad: 'The next run must read everything anew and compare.',
  consentGone: 'The consent is withdrawn.', deltaGone: 'All delta links are unusable now.', faultOn: 'The fault is in force.', noConsent: 'No app has consent in this directory.', failed: 'That did not work: {0}',
};

let language = localStorage.getItem('language') === 'en' ? 'en' : 'sv';

export const currentLanguage = () => language;

export function chooseLanguage(next) {
  language = next === 'en' ? 'en' : 'sv';
  localStorage.setItem('language', language);
  document.documentElement.lang = language;
}

export const t = (key, ...values) => values.reduce((text, value, index) => text.replaceAll(`{${index}}`, () => String(value)), (language === 'en' ? en : sv)[key] ?? key);
