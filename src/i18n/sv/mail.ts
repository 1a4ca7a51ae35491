// Mejlen: det som omger orden för varje slag av notis (de står i notifications.ts).
export const mail = {
  greeting: 'Hej!',
  digest: {
    lead: 'Det här hände vid synkroniseringen med Entra ID för {{organisation}}.',
    leadConnection: 'Det här gäller anslutningen till Entra ID för {{organisation}}.',
    subject: '{{first}} – {{organisation}}',
    subjectMore_one: '{{first}}, och {{count, number}} sak till – {{organisation}}',
    subjectMore_other: '{{first}}, och {{count, number}} saker till – {{organisation}}',
  },
  open: {
    available: 'Visa tillgängliga personer',
    gone: 'Bestäm om de som är borta',
    run: 'Visa körningen',
    overview: 'Öppna översikten',
    connect: 'Öppna anslutningen',
  },
  test: {
    subject: 'Testmejl från Samsyn – {{organisation}}',
    title: 'Det fungerar',
    text: 'Det här är ett testmejl. Hit skickas notiser om synkroniseringen med Entra ID för {{organisation}}.',
  },
  reminder: {
    subject: 'Påminnelse: {{organisation}} ber om att få läsa ert Entra ID',
    lead: '{{person}} har tidigare bett dig att ansluta ert Microsoft Entra ID till {{organisation}} i Samsyn. Det här är en påminnelse.',
    title: 'Här är en ny länk',
    text: 'Länken du fick förut gäller inte längre. Den här gäller till {{time}} och kan användas en gång. Där ser du vem som frågar och efter vad, innan du loggar in hos Microsoft. Du kan också neka.',
    open: 'Öppna länken',
    unsureTitle: 'Känner du inte igen personen?',
    unsure: 'Fråga innan du öppnar länken, eller gör ingenting: då slutar den att gälla av sig själv.',
    footer:
      'Du får mejlet för att {{person}} på {{organisation}} har angett din adress. Det skickas bara en påminnelse, och adressen används inte till något annat.',
  },
  toTenant: {
    subject: '{{tenant}} är ansluten till {{organisation}} i Samsyn',
    lead: 'Klientorganisationen {{tenant}} i Microsoft Entra ID är nu ansluten till {{organisation}} i Samsyn. Känner du till det behöver du inte göra något.',
    whoTitle: 'Vem',
    who: '{{person}} på {{organisation}} bad om det, och {{signer}} loggade in och godkände behörigheterna.',
    whatTitle: 'Vad som läses',
    what: 'Användares profiler och gruppmedlemskap ({{permissions}}). Samsyn läser bara: ingenting ändras i Entra ID, och varken e-post, filer eller lösenord kan läsas.',
    undoTitle: 'Så tar du tillbaka det',
    undo: 'I administrationscentret för Microsoft Entra: öppna Företagsprogram, välj appen och ta bort den, eller dra tillbaka dess behörigheter. Då kan Samsyn inte läsa något mer från er. Den som bad om anslutningen kan också stänga av synkroniseringen i appen.',
    footer:
      'Mejlet skickas en gång, av Samsyn på {{server}}, till den som godkände och till de tekniska kontakter som står i {{tenant}}.',
  },
  footer:
    'Du får mejlet för att din adress står under Notiser i inställningarna för {{organisation}} i Samsyn. En administratör där kan ta bort den.',
} as const;
