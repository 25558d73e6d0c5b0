import { expect } from 'chai';
import { readCommandLine, type TortureRun } from './command-line.ts';

const read = (line: string): { readonly run: TortureRun | number; readonly printed: string } => {
  let printed = '';
  const run = readCommandLine(line === '' ? [] : line.split(' '), (text) => {
    printed += text;
  });
  return { run, printed };
};

describe('the command line of npm run torture', () => {
  it('defaults to three pairs with one minute of load for each variant', () => {
    const { pairs, settings, limitSeconds } = read('').run as TortureRun;
    expect(pairs.map(({ store, cache }) => `${store} ${cache}`)).to.deep.equal([
      'sqlite redis',
      'postgres redis',
      'sqlite momento',
    ]);
    expect(settings).to.include({ seconds: 60, faults: true });
    expect(settings.seed).to.match(/^\d+$/);
    expect(limitSeconds).to.be.greaterThan(3 * 2 * 60);
  });

  it('accepts pairs, numbers, a seed and a limit', () => {
    const argv = '--pair sqlite,redis --pair postgres,momento --seconds 5 --seed abc --no-faults --limit 99';
    const { pairs, settings, limitSeconds } = read(argv).run as TortureRun;
    expect(pairs).to.deep.equal([
      { store: 'sqlite', cache: 'redis' },
      { store: 'postgres', cache: 'momento' },
    ]);
    expect(settings).to.include({ seconds: 5, seed: 'abc', faults: false });
    expect(limitSeconds).to.equal(99);
  });

  for (const invalid of [
    '--pair memory,redis',
    '--pair sqlite',
    '--seconds 0',
    '--seconds many',
    '--sample 5',
    '--sample -1',
    '--sample 0.0000001',
    '--readers Infinity',
    '--writers 1e3',
    '--memberships 2.5',
    '--marker-ttl-ms 99',
    '--limit 99999999',
    '--what',
    'more',
  ]) {
    it(`rejects ${invalid}`, () => {
      const { run, printed } = read(invalid);
      expect(run).to.equal(2);
      expect(printed).to.match(/^error: /);
    });
  }

  it('reports the given value and the expected values', () => {
    expect(read('--sample 5').printed).to.contain(
      "'5' is invalid. Expected 0 (off) or a number from 0.001 to 1.",
    );
    expect(read('--memberships 2.5').printed).to.contain(
      "'2.5' is invalid. Expected an integer from 1 to 1000.",
    );
  });

  for (const sample of [0, 0.001, 1]) {
    it(`accepts --sample ${sample}`, () => {
      expect((read(`--sample ${sample}`).run as TortureRun).settings.sample).to.equal(sample);
    });
  }

  it('prints the help and returns exit code 0 for --help', () => {
    const { run, printed } = read('--help');
    expect(run).to.equal(0);
    expect(printed).to.contain('--pair <store,cache>');
  });
});
