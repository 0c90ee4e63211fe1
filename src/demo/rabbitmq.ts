import type { Account } from './account.ts';
import { type Arguments, done, failed, type Operation, type Outcome, readText } from './operation.ts';

/** What the sample server does for the tools that speak to the RabbitMQ broker itself. */
export const RABBITMQ: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  // Spelt without the "t" by the server it is taken from: a rule for rabbitmq_* does not match these two.
  ['rabbimq_broker_initialize_connection', connect],
  ['rabbimq_broker_initialize_connection_with_oauth', connect],
  ['rabbitmq_broker_delete_exchange', deleteExchange],
  ['rabbitmq_broker_delete_queue', deleteQueue],
  ['rabbitmq_broker_get_broker_definition', describeBroker],
  ['rabbitmq_broker_get_cluster_nodes_info', () => done(NODES)],
  ['rabbitmq_broker_get_exchange_info', describeExchange],
  ['rabbitmq_broker_get_guideline', () => done('Use quorum queues, and keep them short.')],
  ['rabbitmq_broker_get_queue_info', describeQueue],
  ['rabbitmq_broker_get_shovel_info', (_, args) => failed(`no shovel is named "${readText(args, 'name')}"`)],
  ['rabbitmq_broker_is_in_alarm', () => done(false)],
  ['rabbitmq_broker_is_quorum_critical', () => done(false)],
  ['rabbitmq_broker_list_connections', () => done([{ user: 'orders-app', state: 'running' }])],
  ['rabbitmq_broker_list_consumers', () => done([{ queue: 'orders.new', active: true }])],
  ['rabbitmq_broker_list_exchanges', ({ exchanges }) => done([...exchanges])],
  ['rabbitmq_broker_list_queues', ({ queues }) => done([...queues.keys()])],
  ['rabbitmq_broker_list_shovels', () => done([])],
  ['rabbitmq_broker_list_users', () => done(['orders-app'])],
  ['rabbitmq_broker_list_vhosts', () => done(['/'])],
  ['rabbitmq_broker_purge_queue', purgeQueue],
]);

const NODES = ['a', 'b', 'c'].map((zone) => ({ name: `rabbit@us-east-1${zone}`, running: true }));

function connect(): Outcome {
  return done('connected');
}

function describeBroker({ queues, exchanges }: Account): Outcome {
  return done({
    vhosts: ['/'],
    users: ['orders-app'],
    queues: [...queues.keys()],
    exchanges: [...exchanges],
  });
}

function describeQueue({ queues }: Account, args: Arguments): Outcome {
  const name = readText(args, 'queue');
  const messages = queues.get(name);
  return messages === undefined
    ? noQueue(name)
    : done({ name, vhost: readText(args, 'vhost', '/'), messages });
}

function purgeQueue({ queues }: Account, args: Arguments): Outcome {
  const name = readText(args, 'queue');
  if (!queues.has(name)) return noQueue(name);
  queues.set(name, 0);
  return done(`queue ${name} is empty now`);
}

function deleteQueue({ queues }: Account, args: Arguments): Outcome {
  const name = readText(args, 'queue');
  return queues.delete(name) ? done(`queue ${name} is gone`) : noQueue(name);
}

function describeExchange({ exchanges }: Account, args: Arguments): Outcome {
  const name = readText(args, 'exchange');
  return exchanges.has(name) ? done({ name, type: 'topic', durable: true }) : noExchange(name);
}

function deleteExchange({ exchanges }: Account, args: Arguments): Outcome {
  const name = readText(args, 'exchange');
  return exchanges.delete(name) ? done(`exchange ${name} is gone`) : noExchange(name);
}

function noQueue(name: string): Outcome {
  return failed(`no queue is named "${name}"`);
}

function noExchange(name: string): Outcome {
  return failed(`no exchange is named "${name}"`);
}
