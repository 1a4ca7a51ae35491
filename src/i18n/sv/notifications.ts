// Notifikationer: inkorgen i appen. Orden för varje slag, med sina uppgifter.
export const notifications = {
  title: 'Notifikationer',
  lead: 'Det som har hänt och som du har bett att få veta.',
  list: 'Notifikationer, senaste först',
  unread: 'Oläst',
  markAll: 'Markera alla som lästa',
  markAllDisabled: 'Alla är redan lästa.',
  empty: {
    title: 'Inga notifikationer än.',
    next: 'Här ser du när personer tillkommer, ändras eller försvinner i Entra ID, om du är mottagare under Notiser.',
  },
  kind: {
    new_people: {
      title_one: '{{count, number}} ny person i Entra ID',
      title_other: '{{count, number}} nya personer i Entra ID',
      text: 'De finns under Tillgängliga eller Kopplingsförslag. Skapa, koppla eller ignorera dem.',
    },
    changed: {
      title_one: '{{count, number}} person ändrades',
      title_other: '{{count, number}} personer ändrades',
      text_one: '{{count, number}} uppgift uppdaterades från Entra ID.',
      text_other: '{{count, number}} uppgifter uppdaterades från Entra ID.',
    },
    gone: {
      title_one: '{{count, number}} person är borta från Entra ID eller utanför omfattningen',
      title_other: '{{count, number}} personer är borta från Entra ID eller utanför omfattningen',
      text: 'Ingen har tagits bort i appen. Bestäm om de ska tas bort eller behållas.',
    },
    group_gone: {
      title: 'En vald grupp finns inte längre i Entra ID',
      text: 'Det gäller ”{{group}}”. Ingen räknas som borta för det, och allt annat synkas som vanligt. Återställ gruppen i Entra ID, eller ta bort den ur urvalet under Grupper.',
    },
    group_back: {
      title: 'En vald grupp finns igen i Entra ID',
      text: 'Det gäller ”{{group}}”. Medlemmarna läses som vanligt igen. Du behöver inte göra något.',
    },
    run_held: {
      title_one: '{{count, number}} ändring väntar på ditt beslut',
      title_other: '{{count, number}} ändringar väntar på ditt beslut',
      text: 'De är fler än gränsen och har inte genomförts. Allt annat är infört. Godkänn, avvakta eller avvisa dem.',
    },
    hold_ended: {
      title_one: '{{count, number}} ändring väntar inte längre på beslut',
      title_other: '{{count, number}} ändringar väntar inte längre på beslut',
      text: 'Katalogen har återgått till det som var. Du behöver inte göra något.',
    },
    run_failed: { title: 'Synkroniseringen gick inte igenom' },
    sync_degraded: {
      title_one: 'Synkroniseringen har inte gått igenom på {{count, number}} natt',
      title_other: 'Synkroniseringen har inte gått igenom på {{count, number}} nätter',
      text: 'Samsyn fortsätter att försöka varje natt och påminner en gång i veckan. Alla uppgifter finns kvar som de var.',
    },
    connection_trouble: { title: 'Anslutningen till Entra ID behöver dig' },
    credential_expires: {
      title_one: 'Appens hemlighet eller certifikat går ut inom ett dygn',
      title_other: 'Appens hemlighet eller certifikat går ut om {{count, number}} dagar',
      text: 'Appen loggar in med det hos Microsoft, och det gäller till {{date}}. Den som driver tjänsten behöver lägga in ett nytt före dess, annars stannar synkroniseringen.',
    },
    connected: {
      title: 'Entra ID är anslutet',
      text: '{{person}} anslöt {{tenant}}. Gör klart de fyra stegen så kan ni synkronisera.',
    },
    connect_link_opened: {
      title: 'Länken för att ansluta Entra ID har öppnats',
      text: 'Du får veta när anslutningen är klar.',
    },
    connect_link_waiting: {
      title: 'Länken väntar på någon som får godkänna',
      text: '{{person}} loggade in men får inte godkänna behörigheterna. Länken gäller fortfarande: den kan ges vidare till en global administratör.',
    },
    connect_link_expired: {
      title: 'Länken för att ansluta Entra ID har gått ut',
      text: 'Ingen hann använda den. Du kan skapa en ny länk.',
    },
    connect_link_revoked: {
      title: 'Länken för att ansluta Entra ID har återkallats',
      text: '{{person}} återkallade den. Du kan skapa en ny länk.',
    },
    connect_awaits_operator: {
      title: 'Anslutningen väntar på godkännande',
      text: '{{person}} har godkänt behörigheterna i {{tenant}}. Den som driver tjänsten behöver godkänna anslutningen innan den görs klar.',
    },
    connect_refused: {
      title: 'Anslutningen godkändes inte',
      text: 'Den som driver tjänsten sade nej till {{tenant}}. Ingenting har ändrats i appen.',
    },
    connect_link_declined: {
      title: 'Länken för att ansluta Entra ID avböjdes',
      text: 'Ingenting har ändrats. Du kan skapa en ny länk.',
    },
    turned_off: {
      title: 'Synkroniseringen är avstängd',
      text: '{{person}} stängde av den. Alla uppgifter finns kvar.',
    },
  },
} as const;
