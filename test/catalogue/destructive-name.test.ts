import { expect, test } from 'vitest';
import { isDestructiveName } from '../../src/catalogue/destructive-name.ts';

test.each(['delete_broker', 'rabbitmq_broker_purge_queue', 'dropTable', 'user.remove', 'RESET', 'git-reset'])(
  '%s takes something away',
  (name) => expect(isDestructiveName(name)).toBe(true),
);

test.each(['describe_broker', 'undeleted', 'list_presets', 'backdrop', 'create_queue', 'dropdown'])(
  '%s does not',
  (name) => expect(isDestructiveName(name)).toBe(false),
);
