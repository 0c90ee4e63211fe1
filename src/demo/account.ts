export interface Broker {
  readonly id: string;
  readonly name: string;
  readonly engine: string;
  readonly deployment: string;
  readonly instance: string;
  readonly state: 'RUNNING' | 'REBOOT_IN_PROGRESS' | 'CREATION_IN_PROGRESS';
}

interface Configuration {
  readonly id: string;
  readonly name: string;
  readonly engine: string;
  readonly revision: number;
}

/** The make-believe cloud account behind the sample server. It lives in memory and ends with the process. */
export interface Account {
  readonly brokers: Map<string, Broker>;
  readonly configurations: Map<string, Configuration>;
  /** Names of the workload identities. */
  readonly identities: Set<string>;
  /** Messages waiting in each queue of the RabbitMQ broker. */
  readonly queues: Map<string, number>;
  readonly exchanges: Set<string>;
}

/** An account as every run of the sample server finds it. */
export function createAccount(): Account {
  return {
    brokers: new Map([ORDERS, INVOICES, STAGING].map((broker) => [broker.id, broker])),
    configurations: new Map([[TUNED.id, TUNED]]),
    identities: new Set(),
    queues: new Map([
      ['orders.new', 42],
      ['orders.paid', 7],
      ['orders.dead-letter', 3],
    ]),
    exchanges: new Set(['amq.direct', 'amq.topic', 'orders']),
  };
}

const ORDERS: Broker = {
  id: 'b-4d1f0c52',
  name: 'orders',
  engine: 'RABBITMQ',
  deployment: 'CLUSTER_MULTI_AZ',
  instance: 'mq.m5.large',
  state: 'RUNNING',
};

const INVOICES: Broker = {
  id: 'b-91c7e6aa',
  name: 'invoices',
  engine: 'ACTIVEMQ',
  deployment: 'ACTIVE_STANDBY_MULTI_AZ',
  instance: 'mq.m5.large',
  state: 'RUNNING',
};

const STAGING: Broker = {
  id: 'b-e25b83d4',
  name: 'staging',
  engine: 'RABBITMQ',
  deployment: 'SINGLE_INSTANCE',
  instance: 'mq.t3.micro',
  state: 'RUNNING',
};

const TUNED: Configuration = {
  id: 'c-7f40b1d9',
  name: 'orders-tuned',
  engine: 'RABBITMQ',
  revision: 2,
};
