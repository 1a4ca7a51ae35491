// What went wrong and what to do next, for each code of contract/errors.ts.
import type { ErrorCode } from '../../contract/errors.ts';

export const errors = {
  invalid_input: {
    title: 'Något i det du skrev går inte att använda.',
    next: 'Rätta de markerade fälten och försök igen.',
  },
  not_signed_in: { title: 'Du är inte inloggad.', next: 'Logga in, så kommer du tillbaka till sidan där du var.' },
  wrong_credentials: { title: 'Fel e-postadress eller lösenord.', next: 'Kontrollera båda och försök igen.' },
  forbidden: {
    title: 'Du saknar behörighet till det här.',
    next: 'Be en administratör om behörigheten Användare & Team.',
  },
  cross_site: {
    title: 'Anropet kom från en annan adress än appens egen och stoppades.',
    next: 'Öppna appen på dess egen adress och försök igen. Hjälper det inte, be den som driver tjänsten att kontrollera SAMSYN_PUBLIC_URL.',
  },
  password_needed: {
    title: 'Lösenordet behövs en gång till.',
    next: 'Försök igen och bekräfta med ditt lösenord. Ingenting har ändrats.',
  },
  not_found: { title: 'Det finns inte, eller har tagits bort.', next: 'Gå tillbaka och ladda om listan.' },
  too_many_requests: { title: 'För många försök på kort tid.', next: 'Vänta en stund och försök igen.' },
  payload_too_large: { title: 'Det du skickade är för stort.', next: 'Dela upp det i mindre delar.' },
  internal: {
    title: 'Något gick fel hos oss.',
    next: 'Ingenting ändrades. Försök igen, och ange ärendenumret om det upprepas.',
  },
  database_unavailable: {
    title: 'Databasen svarar inte just nu.',
    next: 'Vänta en minut och se efter om ändringen finns där. Försök annars igen.',
  },
  storage_full: {
    title: 'Tjänsten har slut på lagringsutrymme.',
    next: 'Ingenting ändrades. Den som driver tjänsten har larmats; försök igen när det finns plats.',
  },
  server_read_only: {
    title: 'Samsyn visar bara, ingenting kan ändras just nu.',
    next: 'Ingenting ändrades. Serverns hemliga nyckel saknas eller är fel: be den som driver Samsyn att lägga tillbaka den.',
  },
  email_taken: { title: 'En annan användare har redan den e-postadressen.', next: 'Välj en annan adress.' },
  email_invalid: {
    title: 'E-postadressen är inte giltig.',
    next: 'Skriv en enda adress, till exempel anna@exempel.se.',
  },
  name_taken: { title: 'Namnet finns redan.', next: 'Välj ett annat namn.' },
  stale_version: {
    title: 'Någon annan hann ändra detta före dig.',
    next: 'Ladda om sidan, se vad som ändrats och gör om din ändring.',
  },
  last_administrator: {
    title: 'Det här är den sista med behörigheten Användare & Team.',
    next: 'Ge behörigheten till någon annan först.',
  },
  password_too_short: { title: 'Lösenordet är för kort.', next: 'Använd minst 12 tecken.' },
  sign_in_link_invalid: { title: 'Länken gäller inte längre.', next: 'Be administratören om en ny länk.' },
  custom_field_limit: {
    title: 'Organisationen har redan så många egna fält som går.',
    next: 'Använd ett av de fält som finns.',
  },
  already_connected: {
    title: 'Organisationen är redan ansluten till Entra ID.',
    next: 'Stäng av synkroniseringen först om ni vill ansluta på nytt.',
  },
  tenant_taken: {
    title: 'Den här Entra-klientorganisationen är redan ansluten till en annan organisation.',
    next: 'Stäng av synkroniseringen där först, eller logga in i en annan klientorganisation.',
  },
  not_connected: { title: 'Organisationen är inte ansluten till Entra ID.', next: 'Anslut Entra ID först.' },
  connect_link_invalid: {
    title: 'Länken gäller inte.',
    next: 'Den kan ha använts, gått ut eller återkallats. Be den som skickade den om en ny.',
  },
  connect_link_reminded: {
    title: 'En påminnelse är redan skickad.',
    next: 'Det går att skicka en för varje länk. Generera en ny länk om den behövs.',
  },
  connect_flow_missing: {
    title: 'Anslutningen har gått ut eller påbörjades i en annan webbläsare.',
    next: 'Börja om från början. Ingenting har ändrats.',
  },
  connect_declined: {
    title: 'Behörigheterna godkändes inte.',
    next: 'Ingenting har ändrats. Försök igen när du vill.',
  },
  connect_cancelled: {
    title: 'Inloggningen hos Microsoft avbröts.',
    next: 'Ingenting har ändrats. Försök igen när du vill.',
  },
  connect_role_missing: {
    title: 'Det inloggade kontot får inte godkänna behörigheterna.',
    next: 'Logga in som global administratör eller administratör av privilegierade roller, eller skicka en länk till någon som är det.',
  },
  connect_not_proved: {
    title: 'Det gick inte att visa att du får ansluta den här klientorganisationen.',
    next: 'Behörigheterna var redan godkända. Logga in med ett konto som har rollen global administratör eller administratör av privilegierade roller.',
  },
  connect_guest: {
    title: 'Gästkonton kan inte ansluta en klientorganisation.',
    next: 'Logga in med ett konto som hör hemma i den.',
  },
  connect_tenant_mismatch: {
    title: 'Det är fel klientorganisation.',
    next: 'Börja om med ett konto i den klientorganisation som ska anslutas, och använd det hela vägen.',
  },
  connect_permission_missing: {
    title: 'Microsoft uppger att en behörighet saknas.',
    next: 'Försök igen och godkänn båda behörigheterna. Händer det igen, be den som driver tjänsten kontrollera att appregistreringen ber om båda.',
  },
  connect_refused: {
    title: 'Anslutningen godkändes inte av den som driver tjänsten.',
    next: 'Ingenting har ändrats. Kontakta den som driver tjänsten om du vill veta varför.',
  },
  mail_not_sent: {
    title: 'Mejlet kunde inte skickas.',
    next: 'Ingenting har ändrats. Kontrollera adressen och försök igen, eller kopiera en ny länk och skicka den själv.',
  },
  connect_failed: {
    title: 'Microsoft kunde inte slutföra anslutningen.',
    next: 'Ingenting har ändrats. Försök igen om en stund.',
  },
  steps_missing: {
    title: 'Alla steg är inte klara.',
    next: 'Spara Grupper, Fält, Notiser och Översikt innan du synkroniserar.',
  },
  group_unknown: {
    title: 'En av grupperna finns inte i Entra ID.',
    next: 'Ta bort den ur valet, eller välj en annan.',
  },
  groups_empty: { title: 'Ingen grupp är vald.', next: 'Välj minst en grupp, eller välj Alla användare.' },
  field_unknown: { title: 'Fältet finns inte i appen.', next: 'Välj ett fält ur listan, eller skapa ett eget.' },
  field_mapped_twice: {
    title: 'Samma fält i appen är kopplat två gånger.',
    next: 'Låt varje fält ha en enda koppling.',
  },
  default_field_required: {
    title: 'Ett av standardfälten saknas.',
    next: 'Förnamn, efternamn, visningsnamn och e-post synkas alltid.',
  },
  recipient_unknown: { title: 'En av mottagarna finns inte längre.', next: 'Ta bort den ur listan.' },
  recipients_empty: { title: 'Ingen mottagare är vald.', next: 'Välj minst en användare eller e-postadress.' },
  graph_unreachable: {
    title: 'Microsoft Graph svarar inte.',
    next: 'Kontrollera nätet och försök igen. Ingenting ändrades.',
  },
  graph_busy: { title: 'Microsoft ber oss vänta.', next: 'Försök igen om några minuter. Ingenting ändrades.' },
  graph_certificate: {
    title: 'Certifikatet hos Microsoft godtas inte. Inget skickades.',
    next: 'Den som driver tjänsten behöver kontrollera om en proxy bryter upp trafiken och om datorns klocka går rätt. Ingenting ändrades.',
  },
  graph_malformed: {
    title: 'Svaret kom inte från Microsoft Graph, eller gick inte att läsa.',
    next: 'Kontrollera om en proxy ändrar trafiken. Ingenting ändrades.',
  },
  graph_intercepted: {
    title: 'En webbsida kom i stället för svaret från Microsoft.',
    next: 'Troligen kräver nätet eller en proxy inloggning. Den som driver tjänsten behöver släppa igenom trafiken. Ingenting ändrades.',
  },
  graph_too_large: {
    title: 'Svaret från Microsoft Graph är större än tillåtet.',
    next: 'Ingenting ändrades. Kontakta den som driver tjänsten.',
  },
  graph_foreign_link: {
    title: 'Microsoft Graph hänvisade till en oväntad adress. Inget skickades dit.',
    next: 'Ingenting ändrades. Kontakta den som driver tjänsten.',
  },
  graph_loop: {
    title: 'Microsoft Graph skickade samma sida om och om igen.',
    next: 'Ingenting ändrades. Försök igen senare.',
  },
  graph_resync: {
    title: 'Microsoft bad oss börja om gång på gång.',
    next: 'Ingenting ändrades. Nästa körning läser allt på nytt.',
  },
  graph_consent_revoked: {
    title: 'Behörigheten har dragits tillbaka i Entra ID.',
    next: 'Anslut igen och godkänn behörigheterna. Ingen har tagits bort.',
  },
  graph_credentials_refused: {
    title: 'Appens hemlighet eller certifikat godtas inte av Microsoft.',
    next: 'Den som driver tjänsten får larm om det och behöver lägga in en ny. Ingenting ändrades, och ni behöver inte göra något.',
  },
  graph_credentials_expired: {
    title: 'Appens hemlighet hos Microsoft har gått ut.',
    next: 'Den som driver tjänsten får larm om det och behöver lägga in en ny. Ingenting ändrades, och ni behöver inte göra något.',
  },
  graph_permission_missing: {
    title: 'En behörighet saknas i Entra ID.',
    next: 'Anslut igen och godkänn båda behörigheterna.',
  },
  graph_tenant_gone: {
    title: 'Klientorganisationen finns inte längre hos Microsoft.',
    next: 'Alla uppgifter finns kvar, och ingen räknas som borta för det. Stäng av synkroniseringen; sedan går det att ansluta en annan klientorganisation.',
  },
  graph_request_refused: {
    title: 'Microsoft Graph godtog inte frågan.',
    next: 'Ingenting ändrades. Ange Microsofts ärendenummer om det upprepas.',
  },
  run_open: { title: 'En synkronisering pågår redan.', next: 'Följ den, och starta en ny när den är klar.' },
  run_interrupted: { title: 'Körningen avbröts.', next: 'Ingenting ändrades. Starta den igen.' },
  run_superseded: {
    title: 'Körningen avslutades eftersom synkroniseringen stängdes av eller togs över av en annan.',
    next: 'Ingenting ändrades. Är synkroniseringen på: tryck på Synkronisera nu under Översikt.',
  },
  run_scope_group_hidden: {
    title: 'Medlemmarna i en vald grupp är dolda och går inte att läsa.',
    next: 'Ingenting ändrades. Gör medlemskapet synligt i Entra ID, eller välj andra grupper under Grupper.',
  },
  run_implausible: {
    title: 'Entra ID lämnade så få personer att svaret inte är rimligt.',
    next: 'Ingenting ändrades. Kontrollera Entra ID och synkronisera igen.',
  },
  run_unsafe: {
    title: 'Körningen stoppades av en säkerhetskontroll.',
    next: 'Ingenting ändrades. Den som driver Samsyn har fått veta vilken kontroll det var. Synkronisera igen, och hör av dig dit om det händer en gång till.',
  },
  plan_changed: {
    title: 'Det som skulle hända har ändrats sedan du förhandsgranskade.',
    next: 'Ingenting sparades. Förhandsgranska igen och spara sedan.',
  },
  already_linked: {
    title: 'Personen i Entra ID är redan kopplad till en annan användare.',
    next: 'Kopplingen står under Kopplade. Koppla bort den där om den är fel.',
  },
  app_user_linked: {
    title: 'Användaren är redan kopplad till en annan person i Entra ID.',
    next: 'Kopplingen står under Kopplade. Koppla bort den där om den är fel.',
  },
  not_available: {
    title: 'Personen står inte längre på listan.',
    next: 'Någon annan har tagit hand om personen, eller så hör den inte längre till. Listan visar läget nu.',
  },
  not_gone: {
    title: 'Personen finns kvar i Entra ID och kan inte tas bort härifrån.',
    next: 'Ska användaren ändå bort ur appen gör du det under Användare & Team.',
  },
  cannot_remove_self: { title: 'Du kan inte ta bort dig själv.', next: 'Be en annan administratör.' },
} as const satisfies Record<ErrorCode, { title: string; next: string }>;
