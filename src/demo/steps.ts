/** One call of the agent, and why it makes it. */
export interface Step {
  readonly title: string;
  readonly tool: string;
  readonly arguments: object;
  /** The member whose values tell a person what the server answered. */
  readonly shows: string;
}

const LOOK = { tool: 'list_brokers', arguments: { region: 'us-east-1' }, shows: 'BrokerName' };

/** What the agent does, in order: one of each thing a policy can say. */
export const STEPS: readonly Step[] = [
  { title: 'The agent looks which brokers there are.', ...LOOK },
  {
    title: 'It finds one it thinks nobody needs.',
    tool: 'delete_broker',
    arguments: { region: 'us-east-1', BrokerId: 'b-4d1f0c52' },
    shows: 'BrokerId',
  },
  { title: 'It looks again. The broker is still there.', ...LOOK },
  { title: 'And again, the third time within a minute.', ...LOOK },
  {
    title: 'It wants an identity of its own. That is for a person to decide.',
    tool: 'identity_create_workload_identity',
    arguments: {
      name: 'orders-agent',
      allowedResourceOauth2ReturnUrls: ['https://orders.example/done'],
    },
    shows: 'workloadIdentityArn',
  },
];
