import { randomUUID } from 'node:crypto';
import type { Account, Broker } from './account.ts';
import { type Arguments, done, failed, type Operation, type Outcome, readText } from './operation.ts';

/** What the sample server does for the tools that speak to the cloud account. */
export const MQ: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['create_broker', createBroker],
  ['create_configuration', createConfiguration],
  ['delete_broker', deleteBroker],
  ['delete_configuration', deleteConfiguration],
  ['describe_broker', (account, args) => withBroker(account, args, (broker) => done(describe(broker)))],
  ['describe_broker_engine_types', () => done({ BrokerEngineTypes: ENGINES })],
  ['describe_broker_instance_options', () => done({ BrokerInstanceOptions: INSTANCES })],
  ['describe_configuration', describeConfiguration],
  ['describe_configuration_revision', describeConfiguration],
  ['describe_shared_resources', () => done({ SharedResources: [] })],
  [
    'describe_user',
    (_, args) => done({ Username: readText(args, 'Username'), ConsoleAccess: false, Groups: [] }),
  ],
  ['identity_create_workload_identity', createIdentity],
  ['list_brokers', ({ brokers }) => done({ BrokerSummaries: [...brokers.values()].map(summarise) })],
  ['list_configuration_revisions', describeConfiguration],
  ['list_configurations', ({ configurations }) => done({ Configurations: [...configurations.values()] })],
  ['list_tags', () => done({ Tags: { team: 'payments' } })],
  ['list_users', () => done({ Users: [{ Username: 'orders-app' }, { Username: 'invoices-app' }] })],
  ['promote', (account, args) => withBroker(account, args, ({ id }) => done({ BrokerId: id }))],
  ['reboot_broker', rebootBroker],
  ['update_broker', updateBroker],
  ['update_configuration', updateConfiguration],
]);

const ENGINES = [
  { EngineType: 'ACTIVEMQ', EngineVersions: [{ Name: '5.18' }] },
  { EngineType: 'RABBITMQ', EngineVersions: [{ Name: '3.13' }, { Name: '4.2' }] },
];

const INSTANCES = [
  { EngineType: 'RABBITMQ', HostInstanceType: 'mq.t3.micro' },
  { EngineType: 'RABBITMQ', HostInstanceType: 'mq.m5.large' },
];

function createBroker(account: Account, args: Arguments): Outcome {
  const broker: Broker = {
    id: `b-${randomUUID().slice(0, 8)}`,
    name: readText(args, 'broker_name'),
    engine: readText(args, 'engine_type'),
    deployment: readText(args, 'deployment_mode'),
    instance: readText(args, 'host_instance_type', 'mq.m5.xlarge'),
    state: 'CREATION_IN_PROGRESS',
  };
  account.brokers.set(broker.id, broker);
  return done({ BrokerId: broker.id });
}

function deleteBroker(account: Account, args: Arguments): Outcome {
  return withBroker(account, args, ({ id }) => {
    account.brokers.delete(id);
    return done({ BrokerId: id });
  });
}

function rebootBroker(account: Account, args: Arguments): Outcome {
  return withBroker(account, args, (broker) => {
    account.brokers.set(broker.id, { ...broker, state: 'REBOOT_IN_PROGRESS' });
    return done({});
  });
}

function updateBroker(account: Account, args: Arguments): Outcome {
  return withBroker(account, args, (broker) => {
    const instance = readText(args, 'HostInstanceType', broker.instance);
    account.brokers.set(broker.id, { ...broker, instance });
    return done({ BrokerId: broker.id, HostInstanceType: instance });
  });
}

function createConfiguration(account: Account, args: Arguments): Outcome {
  const configuration = {
    id: `c-${randomUUID().slice(0, 8)}`,
    name: readText(args, 'name'),
    engine: readText(args, 'engine_type'),
    revision: 1,
  };
  account.configurations.set(configuration.id, configuration);
  return done({ Id: configuration.id });
}

function describeConfiguration({ configurations }: Account, args: Arguments): Outcome {
  const id = readText(args, 'ConfigurationId');
  const configuration = configurations.get(id);
  return configuration === undefined ? failed(`no configuration has the id "${id}"`) : done(configuration);
}

function updateConfiguration(account: Account, args: Arguments): Outcome {
  const id = readText(args, 'ConfigurationId');
  const configuration = account.configurations.get(id);
  if (configuration === undefined) return failed(`no configuration has the id "${id}"`);
  const revision = configuration.revision + 1;
  account.configurations.set(id, { ...configuration, revision });
  return done({ Id: id, LatestRevision: revision });
}

function deleteConfiguration(account: Account, args: Arguments): Outcome {
  const id = readText(args, 'ConfigurationId');
  return account.configurations.delete(id)
    ? done({ ConfigurationId: id })
    : failed(`no configuration has the id "${id}"`);
}

function createIdentity(account: Account, args: Arguments): Outcome {
  const name = readText(args, 'name');
  if (account.identities.has(name)) return failed(`the workload identity "${name}" exists already`);
  account.identities.add(name);
  const allowedResourceOauth2ReturnUrls = args.get('allowedResourceOauth2ReturnUrls') ?? [];
  return done({
    name,
    allowedResourceOauth2ReturnUrls,
    workloadIdentityArn: `arn:aws:iam::123456789012:workload-identity/${name}`,
  });
}

function withBroker(account: Account, args: Arguments, use: (broker: Broker) => Outcome): Outcome {
  const id = readText(args, 'BrokerId');
  const broker = account.brokers.get(id);
  return broker === undefined ? failed(`no broker has the id "${id}"`) : use(broker);
}

function summarise(broker: Broker): object {
  return {
    BrokerId: broker.id,
    BrokerName: broker.name,
    BrokerState: broker.state,
    EngineType: broker.engine,
  };
}

function describe(broker: Broker): object {
  return { ...summarise(broker), DeploymentMode: broker.deployment, HostInstanceType: broker.instance };
}
