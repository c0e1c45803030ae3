import type { Command } from '@updraft/command';
import { applyPlan, describeStep, planPublishing, planUnpublishing } from '../publishing/plan.ts';
import { withPublisher } from '../publishing/publisher.ts';

const dryRun = { 'dry-run': { type: 'boolean' } } as const;

/** `pnpm admin feed publish | unpublish | list`. */
export const feedCommands: readonly Command[] = [
  {
    subject: 'feed',
    verb: 'publish',
    usage: '[NAME …] [--dry-run]',
    summary:
      "Makes the publisher's records of the feeds as feeds.yaml has them; with --dry-run only says what it would do.",
    options: dryRun,
    run: (names, options, io) =>
      withPublisher(io.env, async ({ publisher, file, service }) => {
        const plan = planPublishing(
          await publisher.records(),
          await publisher.wanted(file, names),
          service.did,
          publisher.now(),
        );
        for (const step of plan) io.out(describeStep(step));
        if (options['dry-run'] === true) io.note('dry run: nothing was changed');
        else await applyPlan(plan, publisher);
      }),
  },
  {
    subject: 'feed',
    verb: 'unpublish',
    usage: '(NAME … | --all) [--dry-run]',
    summary: "Removes the publisher's records of these feeds.",
    options: { ...dryRun, all: { type: 'boolean' } },
    run: (names, options, io) =>
      withPublisher(io.env, async ({ publisher, service }) => {
        const plan = planUnpublishing(await publisher.records(), options['all'] === true ? 'all' : names, service.did);
        for (const step of plan) io.out(describeStep(step));
        if (options['dry-run'] === true) io.note('dry run: nothing was changed');
        else await applyPlan(plan, publisher);
      }),
  },
  {
    subject: 'feed',
    verb: 'list',
    usage: '',
    summary: "Lists the publisher's records of feeds, of this service and of others.",
    run: (_names, _options, io) =>
      withPublisher(io.env, async ({ publisher, service }) => {
        for (const { rkey, record } of await publisher.records()) {
          io.out(
            [rkey, record.displayName, record.did === service.did ? 'this service' : record.did, record.createdAt].join(
              '\t',
            ),
          );
        }
      }),
  },
];
