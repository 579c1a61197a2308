import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type ExamplesRead, readExamples } from '../../../client/files/examples.ts';
import { fieldMap } from '../../../client/files/field-map.ts';
import { InvalidInputError } from '../../../contracts/invalid-input.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-strangers-'));
after(() => rmSync(folder, { recursive: true }));

type Given = {
  readonly name?: string;
  readonly map?: readonly string[];
  readonly ignore?: readonly string[];
};

function read(content: string | Buffer, { name = 'rows.csv', map, ignore }: Given = {}) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return readExamples({ path, map: fieldMap(map, ignore) });
}

const inputsOf = ({ examples }: ExamplesRead) => examples.map(({ inputs }) => inputs);

function refusal(content: string | Buffer, given: Given = {}): string {
  try {
    read(content, given);
  } catch (error) {
    assert.ok(error instanceof InvalidInputError);
    return `${error.message.replaceAll(`${folder}/`, '')} ${error.hint ?? ''}`;
  }
  throw new assert.AssertionError({ message: 'the file was accepted' });
}

for (const separator of [',', ';', '\t', '|'])
  test(`columns separated by ${JSON.stringify(separator)} are found without an option`, () => {
    const text = `\uFEFFid,inputs.message,tags.lang\n1,"a${separator}b",de\n`.replaceAll(
      /,(?=inputs|tags|"|de)/g,
      separator,
    );
    const [row] = read(text).examples;
    assert.equal(row?.id, '1');
    assert.deepEqual(row.inputs, { message: `a${separator}b` });
    assert.deepEqual(row.tags, { lang: 'de' });
  });

test('a line `sep=` names the separator, and lines are counted from the top of the file', () => {
  assert.deepEqual(inputsOf(read('sep=;\r\nid;message\r\n1;a,b\r\n')), [{ message: 'a,b' }]);
  assert.match(refusal('sep=;\nid;message\n1;2;3\n'), /^rows\.csv:3: has 3 cells/);
});

test('a heading with two separators as likely is refused with the line that would tell', () => {
  assert.match(refusal('a,b;c\n1,2;3\n'), /as many `,` as `;`.*`sep=,`/);
});

test('headings are read without regard to case and outer spaces, and what each became is told', () => {
  const { examples, columns } = read(
    ' ID , Inputs.Message ,TAGS.LANG,inputs.userName\n1,hi,de,x\n',
  );
  assert.deepEqual(examples[0]?.inputs, { message: 'hi', userName: 'x' });
  assert.deepEqual(examples[0]?.tags, { lang: 'de' });
  assert.deepEqual(columns, [
    { heading: 'ID', field: 'id' },
    { heading: 'Inputs.Message', field: 'inputs.message' },
    { heading: 'TAGS.LANG', field: 'tags.lang' },
    { heading: 'inputs.userName', field: 'inputs.userName' },
  ]);
});

test('a heading used twice is refused, in another case too, and a field inside another', () => {
  assert.match(refusal('id,inputs.message,inputs.message\n1,a,b\n'), /both `inputs\.message`/);
  assert.match(refusal('id,message,Inputs.Message\n1,a,b\n'), /both `inputs\.message`/);
  assert.match(refusal('inputs.user,inputs.user.plan\na,b\n'), /both `inputs\.user`/);
});

test('a heading with several dots is an object inside the inputs', () => {
  assert.deepEqual(inputsOf(read('inputs.user.plan,inputs.user.name\ngold,ana\n')), [
    { user: { plan: 'gold', name: 'ana' } },
  ]);
});

test('a heading with a group nearly named is refused with the group that was meant', () => {
  assert.match(refusal('id,input.message\n1,a\n'), /did you mean `inputs\.message`/);
});

for (const heading of [
  'answer',
  'Expected Output',
  'expected_intent',
  'label',
  'gold',
  'output',
  'target',
  'ground_truth',
  'groundTruth',
  'reference',
  'ideal',
  'completion',
  'Response',
  '__expected',
])
  test(`the heading \`${heading}\` never becomes an input silently`, () => {
    const text = `id,message,${heading}\n1,hi,secret\n`;
    const words = refusal(text);
    assert.match(words, /looks like an answer/);
    assert.ok(words.includes(`--map "${heading}=expectations.`));
    assert.ok(words.includes(`--ignore "${heading}"`));
    const mapped = read(text, { map: [`${heading}=expectations.route`] }).examples[0];
    assert.deepEqual(mapped?.expectations, { route: 'secret' });
    assert.deepEqual(mapped.inputs, { message: 'hi' });
    assert.deepEqual(inputsOf(read(text, { ignore: [heading] })), [{ message: 'hi' }]);
  });

test('a map or an ignore of a column that is not there is refused', () => {
  assert.match(
    refusal('id,message\n1,a\n', { map: ['anwser=expectations.a'] }),
    /no column `anwser`; its columns are id, message/,
  );
});

test('a map to what is not a field is refused', () => {
  assert.match(
    refusal('id,message\n1,a\n', { map: ['message=input.x'] }),
    /--map: `message=input\.x`/,
  );
});

test('UTF-16 of either order is read, with or without its mark', () => {
  const text = 'id,inputs.message\r\n1,"zwölf\r\nBoxkämpfer"\r\n2,ein längerer Text\r\n';
  const little = Buffer.from(text, 'utf16le');
  const marked = Buffer.concat([Buffer.from([0xff, 0xfe]), little]);
  for (const bytes of [little, marked, Buffer.from(marked).swap16()])
    assert.deepEqual(inputsOf(read(bytes))[0], { message: 'zwölf\r\nBoxkämpfer' });
});

test('Latin-1 is refused with the line and the command that converts it', () => {
  const words = refusal(Buffer.from('id,inputs.message\n1,tea\n2,café\n', 'latin1'));
  assert.match(words, /^rows\.csv:3: .*Windows-1252.*`iconv -f WINDOWS-1252 -t UTF-8 /);
});

test('a NUL byte is refused with its line', () => {
  assert.match(refusal('id,inputs.message\n1,a\0b\n'), /^rows\.csv:2: holds a NUL byte/);
});

test('lines end by CR, LF or both; columns and lines that are empty are left out', () => {
  for (const end of ['\r', '\n', '\r\n'])
    assert.deepEqual(
      inputsOf(read(['id,message,,', '1,a,,', ',,,', '', '2,b,,,,', ''].join(end))),
      [{ message: 'a' }, { message: 'b' }],
    );
});

test('a cell without a heading is refused', () => {
  assert.match(refusal('id,,message\n1,x,a\n'), /column 2, which has no heading/);
});

test('cells stay the text they are: zeros before, thousands, formulas', () => {
  assert.deepEqual(inputsOf(read('id,a,b,c\n007,0012,"1,000","=HYPERLINK(""x"")"\n')), [
    { a: '0012', b: '1,000', c: '=HYPERLINK("x")' },
  ]);
  assert.equal(read('id,a\n007,1\n').examples[0]?.id, '007');
});

test('numbers beyond what a double holds keep their digits, and two orders stay two', () => {
  const rows = inputsOf(
    read(
      '{"inputs":{"order":107505301260286111,"f":0.1}}\n{"inputs":{"order":107505301260286110,"f":-12.5e3}}\n',
      { name: 'rows.jsonl' },
    ),
  );
  assert.deepEqual(rows, [
    { order: '107505301260286111', f: 0.1 },
    { order: 107505301260286110, f: -12500 },
  ]);
});

test('a fault in JSON names the line of the file once', () => {
  const words = refusal('{"inputs":{}}\n{"inputs":{},}\n', { name: 'rows.jsonl' });
  assert.match(words, /^rows\.jsonl:2: not JSON/);
  assert.doesNotMatch(words, /\(line/);
});

const SHAPES: readonly { tool: string; row: object; inputs: object; expectations?: object }[] = [
  {
    tool: 'LangSmith',
    row: {
      id: 'a',
      dataset_id: 'd',
      created_at: '2026-01-01',
      inputs: { question: 'q' },
      outputs: { answer: 'right' },
      metadata: { lang: 'de' },
    },
    inputs: { question: 'q' },
    expectations: { answer: 'right' },
  },
  {
    tool: 'Langfuse',
    row: { id: 'a', datasetId: 'd', input: { q: 'x' }, expectedOutput: 'right', status: 'ACTIVE' },
    inputs: { q: 'x' },
    expectations: { expected_output: 'right' },
  },
  {
    tool: 'MLflow',
    row: {
      dataset_record_id: 'r',
      inputs: { question: 'q' },
      expectations: { expected_response: 'right' },
      source: { source_type: 'HUMAN' },
      create_time: 1,
    },
    inputs: { question: 'q' },
    expectations: { expected_response: 'right' },
  },
  {
    tool: 'promptfoo',
    row: { vars: { q: 'x' }, assert: [{ type: 'equals', value: 'right' }], description: 'one' },
    inputs: { q: 'x' },
  },
  {
    tool: 'OpenAI evals',
    row: { input: [{ role: 'user', content: 'hi' }], ideal: 'right' },
    inputs: { input: [{ role: 'user', content: 'hi' }] },
    expectations: { ideal: 'right' },
  },
  {
    tool: 'OpenAI fine-tuning',
    row: {
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: 'right' },
      ],
    },
    inputs: { messages: [{ role: 'user', content: 'hi' }] },
    expectations: { message: { role: 'assistant', content: 'right' } },
  },
  {
    tool: 'OpenAI fine-tuning',
    row: { prompt: 'hi', completion: 'right' },
    inputs: { prompt: 'hi' },
    expectations: { completion: 'right' },
  },
];

for (const { tool, row, inputs, expectations } of SHAPES)
  test(`a row of ${tool} (${Object.keys(row).join(', ')}) is refused with options that take it and keep its answer from the agent`, () => {
    const words = refusal(JSON.stringify(row), { name: 'rows.jsonl' });
    assert.ok(words.includes(`a file of ${tool}`), words);
    const map = [...words.matchAll(/--map (\S+)/g)].map(([, text]) => text!);
    const ignore = [...words.matchAll(/--ignore (\S+)/g)].map(([, text]) => text!);
    for (const name of ['rows.jsonl', 'rows.json']) {
      const content = name.endsWith('l') ? JSON.stringify(row) : JSON.stringify([row], null, 2);
      const [example] = read(content, { name, map, ignore }).examples;
      assert.ok(example);
      for (const [field, value] of Object.entries(inputs))
        assert.deepEqual(example.inputs[field], value);
      assert.doesNotMatch(JSON.stringify(example.inputs), /right/);
      assert.deepEqual(example.expectations, expectations);
    }
  });

test('inputs that are a text are refused with the map that names them', () => {
  const given = { name: 'rows.jsonl' };
  assert.match(refusal('{"inputs":"hi"}', given), /--map inputs=inputs\.input/);
  assert.deepEqual(
    inputsOf(read('{"inputs":"hi"}', { ...given, map: ['inputs=inputs.message'] })),
    [{ message: 'hi' }],
  );
});

test('a hundred thousand rows are read in seconds', () => {
  const rows = Array.from({ length: 100_000 }, (_, n) => `${n};"message; ${n}";de`);
  const from = performance.now();
  assert.equal(read(`id;inputs.message;tags.lang\n${rows.join('\n')}`).examples.length, 100_000);
  assert.ok(performance.now() - from < 20_000);
});
