import amazonMq from './amazon-mq-tools.json' with { type: 'json' };

export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: {
    readonly type: string;
    readonly properties: object;
    readonly required?: readonly string[];
  };
}

const CREATE_IDENTITY: Tool = {
  name: 'identity_create_workload_identity',
  description: 'Create an IAM workload identity that a service can assume to reach other resources.',
  inputSchema: {
    type: 'object',
    properties: {
      name: { type: 'string', description: 'The name of the new identity.' },
      allowedResourceOauth2ReturnUrls: {
        type: 'array',
        items: { type: 'string' },
        description: 'Where an OAuth2 flow started for this identity may return to.',
      },
    },
    required: ['name'],
  },
};

/** What the sample server offers: every tool of the Amazon MQ server as it describes them, and the one that creates an identity. */
export const TOOLS: readonly Tool[] = [...amazonMq, CREATE_IDENTITY];
