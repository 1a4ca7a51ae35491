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
  footer:
    'Du får mejlet för att din adress står under Notiser i inställningarna för {{organisation}} i Samsyn. En administratör där kan ta bort den.',
} as const;
