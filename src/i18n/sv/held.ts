// Stoppad – kräver beslut: varför, raderna och besluten, och gränserna som stoppar.
export const held = {
  title: 'Stoppad – kräver beslut.',
  why: {
    gone_one:
      '{{count, number}} kopplad person skulle hamna under <1>Ta bort Entra ID-användare</1>, fler än gränsen på {{allowed, number}}.',
    gone_other:
      '{{count, number}} kopplade personer skulle hamna under <1>Ta bort Entra ID-användare</1>, fler än gränsen på {{allowed, number}}.',
    goneWeek_one:
      '{{count, number}} kopplad person skulle hamna under <1>Ta bort Entra ID-användare</1>. Med dem som försvunnit de senaste sju dagarna blir det {{week, number}}, fler än gränsen på {{allowed, number}}.',
    goneWeek_other:
      '{{count, number}} kopplade personer skulle hamna under <1>Ta bort Entra ID-användare</1>. Med dem som försvunnit de senaste sju dagarna blir det {{week, number}}, fler än gränsen på {{allowed, number}}.',
    remaining_one:
      '{{count, number}} av {{of, number}} som hör till skulle försvinna på en gång, fler än gränsen på {{allowed, number}}. Därför väntar allt som körningen skulle ändra.',
    remaining_other:
      '{{count, number}} av {{of, number}} som hör till skulle försvinna på en gång, fler än gränsen på {{allowed, number}}. Därför väntar allt som körningen skulle ändra.',
    changed_one:
      '<1>{{field}}</1> skulle ändras hos {{count, number}} av {{of, number}} kopplade, fler än gränsen på {{allowed, number}}.',
    changed_other:
      '<1>{{field}}</1> skulle ändras hos {{count, number}} av {{of, number}} kopplade, fler än gränsen på {{allowed, number}}.',
    changedWeek_one:
      '<1>{{field}}</1> skulle ändras hos {{count, number}} av {{of, number}} kopplade. På sju dagar blir det {{week, number}}, fler än gränsen på {{allowed, number}}.',
    changedWeek_other:
      '<1>{{field}}</1> skulle ändras hos {{count, number}} av {{of, number}} kopplade. På sju dagar blir det {{week, number}}, fler än gränsen på {{allowed, number}}.',
    emptied_one:
      '<1>{{field}}</1> skulle tömmas hos {{count, number}} av {{of, number}} kopplade, fler än gränsen på {{allowed, number}}.',
    emptied_other:
      '<1>{{field}}</1> skulle tömmas hos {{count, number}} av {{of, number}} kopplade, fler än gränsen på {{allowed, number}}.',
    emptiedWeek_one:
      '<1>{{field}}</1> skulle tömmas hos {{count, number}} av {{of, number}} kopplade. På sju dagar blir det {{week, number}}, fler än gränsen på {{allowed, number}}.',
    emptiedWeek_other:
      '<1>{{field}}</1> skulle tömmas hos {{count, number}} av {{of, number}} kopplade. På sju dagar blir det {{week, number}}, fler än gränsen på {{allowed, number}}.',
  },
  notDone: 'Inget av detta är infört, allt annat är klart. Rättas det till i Entra ID släpps stoppet av sig självt.',
  banner: {
    absences_one: '{{count, number}} person skulle försvinna',
    absences_other: '{{count, number}} personer skulle försvinna',
    changes_one: '{{count, number}} uppgift skulle ändras',
    changes_other: '{{count, number}} uppgifter skulle ändras',
    text: '{{what}}. Inget av det är infört. Du bestämmer, eller väntar: rättas det till i Entra ID släpps stoppet av sig självt.',
    since: 'Sedan {{moment}}.',
    open: 'Se och besluta',
  },
  figures: 'Vad som är stoppat och vad som är klart',
  figure: {
    absences: 'skulle försvinna',
    changes: 'uppgifter skulle ändras',
    applied_one: 'ändrad uppgift, redan införd',
    applied_other: 'ändrade uppgifter, redan införda',
    new_one: 'ny tillgänglig',
    new_other: 'nya tillgängliga',
    issues: 'fall att se över',
  },
  list: 'Stoppade rader',
  kinds: 'Vilka rader',
  kind: { all: 'Att besluta', absence: 'Skulle försvinna', change: 'Ändringar', dismissed: 'Avvisade' },
  search: 'Sök bland stoppade rader',
  searchHint: 'Sök bland {{count, number}}',
  reason: 'Orsak',
  allReasons: 'Alla orsaker',
  field: 'Fält',
  allFields: 'Alla fält',
  column: {
    person: 'Person',
    what: 'Vad',
    evidence: 'Bevis eller ändring',
    decision: 'Beslut',
    actions: 'Åtgärder',
  },
  notLinked: 'ingen användare kopplad',
  evidence: {
    deleted_items: 'i papperskorgen i Entra ID sedan {{time}}',
    not_found: 'finns inte längre i Entra ID, märkt {{time}}',
    left_groups: 'lämnade de valda grupperna, märkt {{time}}',
    disabled: 'kontot inaktiverades, märkt {{time}}',
    guest: 'blev gäst, märkt {{time}}',
  },
  action: {
    approve: 'Godkänn',
    wait: 'Avvakta',
    dismiss: 'Avvisa',
    again: 'Ta upp igen',
    of: '{{action}}: {{name}}',
    ofField: '{{action}}: {{name}}, {{field}}',
  },
  many: {
    approve: 'Godkänn {{count, number}} valda',
    wait: 'Avvakta med {{count, number}} valda',
    dismiss: 'Avvisa {{count, number}} valda',
    again: 'Ta upp {{count, number}} valda igen',
  },
  all: {
    approve: 'Godkänn alla {{count, number}}',
    wait: 'Avvakta med alla {{count, number}}',
    dismiss: 'Avvisa alla {{count, number}}',
  },
  dialog: {
    approve: {
      title_one: 'Godkänn {{count, number}} rad?',
      title_other: 'Godkänn {{count, number}} rader?',
      confirm_one: 'Godkänn {{count, number}} rad',
      confirm_other: 'Godkänn {{count, number}} rader',
      absences_one:
        '{{count, number}} person hamnar under Ta bort Entra ID-användare. Ingen tas bort i appen: det bestämmer du där.',
      absences_other:
        '{{count, number}} personer hamnar under Ta bort Entra ID-användare. Ingen tas bort i appen: det bestämmer du där.',
      changes_one: '{{count, number}} uppgift skrivs till kopplade användare nu genast.',
      changes_other: '{{count, number}} uppgifter skrivs till kopplade användare nu genast.',
      undo: 'Ändrade uppgifter går att ångra från körningen. Den som kommer tillbaka i Entra ID lämnar listan av sig själv.',
    },
    wait: {
      title_one: 'Avvakta med {{count, number}} rad?',
      title_other: 'Avvakta med {{count, number}} rader?',
      confirm_one: 'Avvakta med {{count, number}} rad',
      confirm_other: 'Avvakta med {{count, number}} rader',
      text: 'Inget görs, och raderna står kvar här. Det syns att du har sett dem.',
      undo: 'Du kan godkänna eller avvisa dem när som helst.',
    },
    dismiss: {
      title_one: 'Avvisa {{count, number}} rad?',
      title_other: 'Avvisa {{count, number}} rader?',
      confirm_one: 'Avvisa {{count, number}} rad',
      confirm_other: 'Avvisa {{count, number}} rader',
      text: 'Inget görs, och du får inte frågan igen så länge Entra ID säger samma sak. Personerna räknas med som förut.',
      undo: 'Det går att ångra: avvisade rader står under Avvisade och kan tas upp igen.',
    },
    again: {
      title_one: 'Ta upp {{count, number}} rad igen?',
      title_other: 'Ta upp {{count, number}} rader igen?',
      confirm_one: 'Ta upp {{count, number}} rad igen',
      confirm_other: 'Ta upp {{count, number}} rader igen',
      text: 'De väntar på beslut igen. Inget görs förrän någon godkänner.',
      undo: 'Du kan avvisa dem på nytt när som helst.',
    },
  },
  result: {
    approve_one: '{{count, number}} rad är godkänd och införd.',
    approve_other: '{{count, number}} rader är godkända och införda.',
    wait_one: '{{count, number}} rad står kvar.',
    wait_other: '{{count, number}} rader står kvar.',
    dismiss_one: '{{count, number}} rad är avvisad.',
    dismiss_other: '{{count, number}} rader är avvisade.',
    again_one: '{{count, number}} rad väntar på beslut igen.',
    again_other: '{{count, number}} rader väntar på beslut igen.',
    refused_one: '{{count, number}} rad kunde inte tas med. Den har hunnit ändras i Entra ID.',
    refused_other: '{{count, number}} rader kunde inte tas med. De har hunnit ändras i Entra ID.',
  },
  decided: {
    waiting: 'Avvaktas',
    dismissed: 'Avvisad',
    by: '{{name}}, {{moment}}',
  },
  count_one: '{{count, number}} rad',
  count_other: '{{count, number}} rader',
  countMany: 'fler än {{count, number}} rader',
  full: 'Högst {{count, number}} rader kan väljas på en gång. Besluta om alla med knapparna överst.',
  empty: {
    all: { title: 'Ingenting väntar på beslut.', next: 'Välj ett annat filter för att se fler rader.' },
    dismissed: { title: 'Inget är avvisat.', next: 'Här står det som ni har sagt nej till, och det kan tas upp igen.' },
  },
  over: {
    title: 'Allt i stoppet är avgjort.',
    text: 'Varje rad är godkänd, avvisad eller har rättats till i Entra ID. Du behöver inte göra något.',
    gone: 'Visa Ta bort Entra ID-användare',
  },
  ended_one: '{{count, number}} stopp släpptes av sig självt: det har rättats till i Entra ID.',
  ended_other: '{{count, number}} stopp släpptes av sig själva: det har rättats till i Entra ID.',
  export: { label: 'Exportera', csv: 'CSV-fil', xlsx: 'Excel-fil (XLSX)', done: 'Filen är hämtad.' },
  limits: {
    title: 'Gränser',
    lead: 'Gör en körning mer än så här stoppas den delen, och du bestämmer. Det andra görs som vanligt.',
    default: 'standard',
    own: 'anpassade',
    changeOf: 'Ändra gränserna',
    perRun:
      'Gränserna gäller det som körningen skulle göra tillsammans med allt som gjorts utan godkännande på sju dagar.',
    nobody: 'Ingen är kopplad ännu. Gränserna räknas på kopplade användare.',
    part: {
      count: 'Fler än',
      share: 'och mer än, av de kopplade',
      max: 'men alltid vid fler än',
      left: 'Minst så stor del kvar',
    },
    gone: {
      title: 'Personer som försvinner',
      text: 'Kopplade som skulle hamna under Ta bort Entra ID-användare.',
      words:
        'Stoppas när det är fler än {{count, number}} personer och mer än {{share}} av de kopplade, och alltid vid fler än {{max, number}}.',
    },
    remaining: {
      title: 'De som hör till',
      text: 'Hur många som minst ska vara kvar jämfört med före körningen.',
      words:
        'Stoppas om mer än {{share}} av dem som hörde till skulle försvinna. Då väntar allt som körningen skulle ändra.',
    },
    changed: {
      title: 'Samma fält ändras hos många',
      text: 'Kopplade som får ett nytt värde i ett och samma fält.',
      words: 'Stoppas när det är fler än {{count, number}} användare och mer än {{share}} av de kopplade.',
    },
    emptied: {
      title: 'Samma fält töms hos många',
      text: 'Kopplade som skulle få ett tomt värde i ett och samma fält.',
      words: 'Stoppas när det är fler än {{count, number}} användare och mer än {{share}} av de kopplade.',
    },
    example_one: 'Med {{count, number}} kopplad blir gränsen {{allowed, number}}.',
    example_other: 'Med {{count, number}} kopplade blir gränsen {{allowed, number}}.',
    isDefault: 'standard',
    wasDefault: 'standard är {{value}}',
    percent: '{{value, number}} %',
    reset: 'Återställ till standard',
    resetDisabled: 'Alla gränser är standard redan.',
    save: 'Spara',
    nothingChanged: 'Det finns inget att spara: ingenting är ändrat.',
    saved: 'Gränserna är sparade. De gäller från nästa körning.',
    wrongCount: 'Skriv ett heltal mellan 0 och {{max, number}}.',
    wrongShare: 'Skriv en andel mellan 0 och 100 procent.',
    maxBelow: 'Ska vara minst {{count, number}}, det högsta antalet ovan.',
    problem: 'Rätta det som är markerat först.',
    offTitle: 'Med de här värdena stoppas i praktiken ingenting.',
    off: 'En körning som går fel kan då låta många försvinna på en gång, utan att någon tillfrågas.',
    strictTitle: 'Med de här värdena stoppas nästan varje körning.',
    strict: 'En enda person som försvinner eller en enda uppgift som ändras kräver då ett beslut.',
  },
} as const;
