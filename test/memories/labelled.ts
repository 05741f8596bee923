import { DEMO_MEMORIES } from '../../src/cli/demo/memories.ts';

/** Options and text of each memory, as `memport add` takes them: those of the demo, and more in other scripts and of the same subjects. */
export const MEMORIES: readonly (readonly string[])[] = [
  ...DEMO_MEMORIES,
  ['Сервер базы данных перезапускается каждое воскресенье ночью.', '--project', 'shop', '--tag', 'infra'],
  ['Цены хранятся в копейках, а не в рублях.', '--project', 'shop', '--tag', 'money'],
  ['Датчики влажности калибруются раз в месяц.', '--project', 'greenhouse'],
  ['数据库每天凌晨三点备份到另一台服务器。', '--project', 'shop', '--tag', 'database'],
  ['温室的温度传感器每五分钟上报一次。', '--project', 'greenhouse'],
  ['発送メールのテンプレートは毎月見直す。', '--project', 'shop', '--category', 'workflow'],
  ['論文の図表はスクリプトで生成する。', '--project', 'thesis'],
  ['배포는 금요일 오후에는 하지 않는다.', '--project', 'shop', '--category', 'workflow'],
  ['Η διατριβή γράφεται σε LaTeX με βιβλιογραφία BibTeX.', '--project', 'thesis'],
  ['Die Gewächshaustür klemmt bei Frost; zuerst den Riegel ölen.', '--project', 'greenhouse'],
  [
    'Passwords are rotated every ninety days, in the first week of the quarter.',
    '--project',
    'shop',
    '--tag',
    'security',
  ],
  ['Never log card numbers, not even their last four digits.', '--project', 'shop', '--tag', 'security'],
  [
    'Pull requests need one review and a green pipeline before merging.',
    '--category',
    'workflow',
    '--tag',
    'git',
  ],
  [
    'Unit tests run in parallel; integration tests need the docker network.',
    '--project',
    'shop',
    '--category',
    'workflow',
  ],
  [
    'Watering starts at six in the morning, twelve minutes a bed.',
    '--project',
    'greenhouse',
    '--category',
    'workflow',
  ],
  ['The supervisor is on leave in February.', '--project', 'thesis', '--category', 'event'],
];

export interface LabelledQuery {
  readonly query: string;
  readonly project?: string;
  readonly tag?: string;
  /** The beginning of each text that is an answer. */
  readonly answers: readonly string[];
}

export const QUERIES: readonly LabelledQuery[] = [
  // By the words themselves.
  { query: 'API server port', answers: ['The API server listens'] },
  { query: 'logical replication', answers: ['Postgres 17'] },
  { query: 'invoice number series', answers: ['The invoice number series'] },
  { query: 'soil probe offset below 5 degrees', answers: ['The soil probe reads'] },
  { query: 'reviewer confidence intervals', answers: ['The reviewer wants'] },
  { query: 'DROP TABLE', answers: ["A search for '; DROP TABLE"] },
  // By near words: inflected, joined, misspelt.
  { query: 'how is the price stored', answers: ['Prices are stored'] },
  { query: 'rounding taxes at checkouts', answers: ['Checkout was rolled back'] },
  { query: 'flashing probes', answers: ['Flash a probe'] },
  { query: 'ventilation opening temperature', answers: ['Vents open at 27'] },
  { query: 'batery live of the sensor', answers: ['Battery life came down'] },
  { query: 'firmwares', answers: ['Sensor firmware speaks', 'Battery life came down'] },
  { query: 'password rotation', answers: ['Passwords are rotated'] },
  { query: 'reviewing a pull-request', answers: ['Pull requests need'] },
  { query: 'cardnumber logging', answers: ['Never log card numbers'] },
  { query: 'releasing: announcement and load tests', answers: ['Release: branch from main'] },
  { query: 'bootstrapping resample', answers: ['def interval(xs)'] },
  { query: 'supervisors leave', answers: ['The supervisor is on leave'] },
  // In other scripts and languages.
  { query: 'базу данных перезапустить', answers: ['Сервер базы данных'] },
  { query: 'цена в копейках', answers: ['Цены хранятся'] },
  { query: 'калибровка датчика', answers: ['Датчики влажности'] },
  { query: '备份', answers: ['数据库每天'] },
  { query: '温度传感器', answers: ['温室的温度'] },
  { query: '服务器备份', answers: ['数据库每天'] },
  { query: 'テンプレート', answers: ['発送メール'] },
  { query: '図表', answers: ['論文の図表'] },
  { query: 'コメント', answers: ['日本語のコメント'] },
  { query: '금요일 배포', answers: ['배포는 금요일'] },
  { query: 'βιβλιογραφια', answers: ['Η διατριβή'] },
  { query: 'gewachshaus tur', answers: ['Die Gewächshaustür'] },
  { query: 'français équipe', answers: ['Écrit en français'] },
  { query: 'שלום', answers: ['שלום, عالم'] },
  // With filters.
  { query: 'database', project: 'greenhouse', answers: ['Readings are kept'] },
  { query: 'scripts', project: 'thesis', answers: ['Figures are drawn', 'שלום, عالم'] },
  {
    query: 'keys and secrets of the shop',
    tag: 'security',
    answers: ['Passwords are rotated', 'Never log card', "A search for '; DROP"],
  },
  { query: 'due', project: 'thesis', answers: ['The thesis is due'] },
];
