import type { Explanation } from '@updraft/feeds';
import { formatCount } from '../../../data/format.ts';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { Table } from '../../../parts/table.tsx';
import { verdictOf } from './verdict-words.ts';

/** The verdict in words, then what it comes from. */
export function Verdict({ explanation }: { explanation: Explanation }) {
  const { isShown, isTaken, because, rules, score, build, asOf } = explanation;
  const { title, detail } = verdictOf(explanation);
  return (
    <div class="verdict">
      <div role="status" class={isShown ? 'panel said yes' : 'panel said no'}>
        <p class="verdict-title">{title}</p>
        <p>
          <bdi>{detail}</bdi>
        </p>
        {isTaken || because === '' ? null : (
          <p>
            The first rule that it breaks: <bdi>{because}</bdi>
          </p>
        )}
        <p class="quiet">
          Asked <RelativeTime iso={asOf} />
          {build === undefined ? null : (
            <>
              ; the build is of <RelativeTime iso={build.asOf} />, with {formatCount(build.posts)} posts
            </>
          )}
        </p>
      </div>
      <h3>Each rule</h3>
      <Table
        label="Each rule"
        columns={[{ title: 'Rule' }, { title: 'Passed' }, { title: 'Numbers' }]}
        rows={rules.map(({ rule, isPassed, detail: numbers }, index) => ({
          key: `${index}`,
          cells: [rule, <Passed isPassed={isPassed} />, <bdi class="long-text">{numbers}</bdi>],
        }))}
        none="The feed has no rules."
      />
      {score === undefined ? null : <ScoreTable score={score} />}
    </div>
  );
}

function Passed({ isPassed }: { isPassed: boolean | undefined }) {
  if (isPassed === undefined) return <span class="quiet">not asked</span>;
  return <strong class={isPassed ? 'pass' : 'fail'}>{isPassed ? 'yes' : 'no'}</strong>;
}

function ScoreTable({ score }: { score: NonNullable<Explanation['score']> }) {
  const { likes, reposts, replies, weights, sum, ageHours, gravity } = score;
  const parts = [
    ['Likes', likes, weights.likes],
    ['Reposts', reposts, weights.reposts],
    ['Replies', replies, weights.replies],
  ] as const;
  return (
    <>
      <h3>Its score: {exact(score.score)}</h3>
      <Table
        label="Score"
        columns={[
          { title: 'Counted' },
          { title: 'Number', isNumber: true },
          { title: 'Weight', isNumber: true },
          { title: 'Makes', isNumber: true },
        ]}
        rows={parts.map(([title, count, weight]) => ({
          key: title,
          cells: [title, formatCount(count), exact(weight), exact(count * weight)],
        }))}
        none=""
      />
      <p class="quiet">
        Together {exact(sum)}; it is {exact(ageHours)} hours old
        {gravity === undefined ? '' : `, and a gravity of ${exact(gravity)} pulls it down with its age`}.
      </p>
    </>
  );
}

const exactly = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const exact = (value: number): string => exactly.format(value);
