// Word lists of the demo directory, and the deterministic choice among them.

export const FIRST =
  'Anders Anneli Agneta Arvid Astrid Axel Birgitta Bengt Britta Carina Cecilia Daniel David Elin Ellinor Emil Erika Eva Fredrik Frida Gunilla Gustav Göran Hanna Hans Helena Henrik Håkan Ida Inger Ingrid Jan Jenny Johan Jonas Josefin Julia Kajsa Kerstin Klara Lena Lennart Linda Lisa Lotta Love Magnus Malin Marcus Margareta Mats Moa Mårten Måns Nora Oscar Pernilla Peter Pia Pär Rickard Robert Roger Ronja Sara Stefan Stina Sven Sören Therese Tilda Torbjörn Ulf Urban Veronica Viveka Wilma Åke Örjan Östen Päivi Timo Jukka Aino Tuula Pekka Elif Mehmet Ayşe Emre Zeynep Ahmad Layla Omar Yasmin Khalid Noor Agnieszka Piotr Małgorzata Paweł Katarzyna Jelena Dragan Amina Abdi Hodan Siân Chloé Nguyen'.split(
    ' ',
  );
export const LAST =
  'Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson Jonsson Jansson Hansson Bengtsson Jönsson Lindberg Jakobsson Magnusson Lindström Olofsson Lindgren Axelsson Berg Bergman Lundberg Lundqvist Mattsson Berggren Henriksson Forsberg Sjölund Wikström Åström Öhman Hägglund Nordström Norberg Sundström Marklund Stenberg Öquist Ågren Bäckström Fjellström Granström Hörnfeldt Isaksson Kyrö Lahti Virtanen Korhonen Mäkinen Niemelä Yılmaz Çelik Demir Şahin Haddad Khoury Mansour Rahman Kowalska Nowak Wiśniewski Wójcik Jovanović Nikolić Warsame Ibrahim Tran Rönnbäck Strömgren Ekfeldt Grahn Hedström Kjellberg Lidström Månsson Nygård Palm Rask Sandström Tegnér Uddén Vestin Westman Zetterlund'.split(
    ' ',
  );

export interface Department {
  name: string;
  office: string;
  costCentre: string;
  titles: string[];
}

export const DEPARTMENTS: Department[] = [
  {
    name: 'Drift Nord',
    office: 'Luleå',
    costCentre: '3110',
    titles: ['Drifttekniker', 'Driftledare', 'Skiftledare', 'Maskinist'],
  },
  {
    name: 'Drift Syd',
    office: 'Sundsvall',
    costCentre: '3120',
    titles: ['Drifttekniker', 'Driftledare', 'Processoperatör'],
  },
  { name: 'Nät Väst', office: 'Umeå', costCentre: '3210', titles: ['Nätplanerare', 'Elkraftingenjör', 'Beredare'] },
  {
    name: 'Nät Kust',
    office: 'Skellefteå',
    costCentre: '3220',
    titles: ['Nätplanerare', 'Projektledare nät', 'Mättekniker'],
  },
  {
    name: 'Fält',
    office: 'Luleå',
    costCentre: '3300',
    titles: ['Montör', 'Arbetsledare fält', 'Distributionselektriker'],
  },
  {
    name: 'Kundservice',
    office: 'Umeå',
    costCentre: '4100',
    titles: ['Kundrådgivare', 'Teamledare kundservice', 'Ärendehandläggare'],
  },
  {
    name: 'Försäljning',
    office: 'Umeå',
    costCentre: '4200',
    titles: ['Säljare', 'Key Account Manager', 'Avtalshandläggare'],
  },
  {
    name: 'Ekonomi',
    office: 'Luleå',
    costCentre: '5100',
    titles: ['Controller', 'Redovisningsekonom', 'Löneadministratör'],
  },
  { name: 'Juridik', office: 'Luleå', costCentre: '5200', titles: ['Bolagsjurist', 'Dataskyddsombud'] },
  {
    name: 'IT',
    office: 'Skellefteå',
    costCentre: '5300',
    titles: ['Systemutvecklare', 'IT-tekniker', 'Systemförvaltare', 'Nätverkstekniker'],
  },
  { name: 'HR', office: 'Luleå', costCentre: '5400', titles: ['HR-partner', 'Rekryterare'] },
  {
    name: 'Miljö & Säkerhet',
    office: 'Sundsvall',
    costCentre: '5500',
    titles: ['Miljöingenjör', 'Säkerhetssamordnare'],
  },
];

export const OFFICES: Record<string, { street: string; postalCode: string; area: string }> = {
  Luleå: { street: 'Storgatan 12', postalCode: '972 38', area: '0920' },
  Umeå: { street: 'Rådhusesplanaden 7', postalCode: '903 28', area: '090' },
  Sundsvall: { street: 'Esplanaden 3', postalCode: '852 36', area: '060' },
  Skellefteå: { street: 'Kanalgatan 45', postalCode: '931 32', area: '0910' },
};

/** A small generator whose numbers depend on nothing but the seed (mulberry32). */
export function dice(seed: number): (sides: number) => number {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

export const pick = <T>(roll: (sides: number) => number, list: readonly T[]): T => {
  const one = list[roll(list.length)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
};

const digits = (roll: (sides: number) => number, count: number): string =>
  Array.from({ length: count }, () => String(roll(10))).join('');

/** Phone numbers as people really write them. */
export function mobile(roll: (sides: number) => number): string {
  const number = `7${pick(roll, ['0', '2', '3', '6'])}`;
  const [a, b, c] = [digits(roll, 3), digits(roll, 2), digits(roll, 2)];
  return pick(roll, [
    `0${number}-${a} ${b} ${c}`,
    `+46 ${number} ${a} ${b} ${c}`,
    `0${number}${a}${b}${c}`,
    `+46${number}${a}${b}${c}`,
    `0046 ${number} ${a}${b}${c}`,
  ]);
}

export function landline(roll: (sides: number) => number, area: string): string {
  const [a, b, c] = [digits(roll, 3), digits(roll, 2), digits(roll, 2)];
  return pick(roll, [
    `${area}-${a} ${b} ${c}`,
    `+46 ${area.slice(1)} ${a} ${b} ${c}`,
    `08-123 45 67 ankn ${a}`,
    '+46 8 123 45 67',
    `${area}-${a}${b}${c}`,
  ]);
}
