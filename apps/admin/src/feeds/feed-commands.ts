import { type BuildProgram, type CommandIo, JSON_OPTION, writeRow } from '@updraft/command';
import { addDoctorCommand } from '../doctor/doctor-command.ts';
import { applyPlan, describeStep, planPublishing, planUnpublishing } from '../publishing/plan.ts';
import { type Publisher, withPublisher } from '../publishing/publisher.ts';
import { addSettingsCommand } from './settings-command.ts';

const DRY_RUN = ['--dry-run', 'only show what would be done'] as const;

/** `pnpm admin feed publish | unpublish | list | settings | doctor`. */
export const addFeedCommands: BuildProgram = (program, io) => {
  const feed = program.command('feed').description("The publisher's records of feeds.");
  feed
    .command('publish')
    .description("Writes the publisher's records of the feeds, as feeds.yaml has them.")
    .argument('[name...]', 'feeds; default: all that have a publish: in the feeds file')
    .option(...DRY_RUN)
    .action((names, options) =>
      withPublisher(io.env, async (publisher, serviceDid) => {
        const wanted = await publisher.wanted(names);
        const plan = planPublishing(await publisher.records(), wanted, serviceDid, new Date());
        await carryOut(plan, publisher, options, io);
      }),
    );
  feed
    .command('unpublish')
    .description("Removes the publisher's records of these feeds.")
    .argument('[name...]', 'feeds')
    .option('--all', 'all feeds of this service')
    .option(...DRY_RUN)
    .action((names, options) =>
      withPublisher(io.env, async (publisher, serviceDid) => {
        const plan = planUnpublishing(await publisher.records(), options.all === true ? 'all' : names, serviceDid);
        await carryOut(plan, publisher, options, io);
      }),
    );
  feed
    .command('list')
    .description("Lists the publisher's records of feeds, of this service and of others.")
    .option(...JSON_OPTION)
    .action((options) => list(options, io));
  addSettingsCommand(feed, io);
  addDoctorCommand(feed, io);
};

function list(options: { readonly json?: true | undefined }, io: CommandIo): Promise<void> {
  return withPublisher(io.env, async (publisher, serviceDid) => {
    for (const { rkey, record } of await publisher.records()) {
      const { displayName, did, createdAt } = record;
      const columns = [rkey, displayName, did === serviceDid ? 'this service' : did, createdAt];
      writeRow(io, options, columns, { rkey, displayName, did, createdAt });
    }
  });
}

async function carryOut(
  plan: ReturnType<typeof planPublishing>,
  publisher: Publisher,
  { dryRun }: { readonly dryRun?: true | undefined },
  io: CommandIo,
): Promise<void> {
  for (const step of plan) io.out(describeStep(step));
  if (dryRun === true) io.note('dry run: nothing was changed');
  else await applyPlan(plan, publisher);
}
