import type { Risk } from '../../policy/profile.ts';
import type { Attack } from './attacks.ts';

/** What a verb is done to, where that makes it graver. */
export interface NounGroup {
  /** How the evidence goes on: `"policy" decides who may do what`. */
  readonly says: string;
  /** The least risk of a tool that changes such a thing, and of one that reads it; null: none. */
  readonly written: Risk;
  readonly read: Risk | null;
  readonly attack: Attack;
  /** Words, and pairs of words, between commas. Plural forms are found too. */
  readonly words: string;
}

export const NOUNS: readonly NounGroup[] = [
  {
    says: 'is a security principal: whoever holds it acts under its rights',
    written: 'high',
    read: null,
    attack: 'privileges',
    words: `
      identity, workload identity, service account, principal, access key, api key, ssh key`,
  },
  {
    says: 'decides who may do what',
    written: 'high',
    read: null,
    attack: 'privileges',
    words: `
      role, policy, permission, privilege, acl, iam, rbac, grant, access, admin, owner, member,
      membership, user, usergroup, team, group, account, tenant, responder, collaborator, escalation,
      invite, invitation, key, firewall, security group, allowlist, whitelist, moderator`,
  },
  {
    says: 'is a secret: whoever reads it can use it',
    written: 'high',
    read: 'high',
    attack: 'secrets',
    words: `
      secret, credential, password, passphrase, token, private key, access key, api key, certificate,
      vault, env, environment variable, connection string, keychain, cookie, otp, dsn, mnemonic,
      seed phrase`,
  },
  {
    says: 'runs what others depend on',
    written: 'high',
    read: null,
    attack: 'outage',
    words: `
      cluster, broker, instance, server, database, db, vm, machine, namespace, workspace, node, pod,
      container, deployment, production, network, dns, domain, volume, pool, bucket, queue, exchange,
      stack, service, pipeline, workflow, schedule, rotation, override, shift, orchestration, rule,
      setting, config, configuration, variable, integration, subscription, hub, topic, application,
      app, function, infrastructure, storage, template, incident, channel, branch, release,
      environment, resource, filesystem, fs, cache, endpoint, gateway, site`,
  },
  {
    says: 'calls out to an address by itself, again and again',
    written: 'high',
    read: null,
    attack: 'exfiltration',
    words: `
      webhook, callback, hook, forwarding, redirect`,
  },
  {
    says: 'is money, or stands for it',
    written: 'high',
    read: null,
    attack: 'spend',
    words: `
      payment, invoice, payout, refund, charge, card, wallet, bank, fund, credit, order, trade, loan,
      subscription, checkout, transaction, price, coupon, campaign, ad`,
  },
  {
    says: 'is about people: what it shows is personal',
    written: 'medium',
    read: 'medium',
    attack: 'exfiltration',
    words: `
      email, mail, message, inbox, contact, patient, health record, medical, dm, conversation, sms,
      call log`,
  },
  {
    says: 'is seen by everybody',
    written: 'high',
    read: null,
    attack: 'exposure',
    words: `
      public, status page, tweet, website, page post`,
  },
];

/** Taken away, each of these takes much along. */
export const WHOLE = `
  database, cluster, broker, project, account, organization, org, bucket, repository, repo,
  vault, namespace, volume, tenant, workspace, server, instance, stack, table, collection,
  keyspace, index, subscription, zone, domain, mount, disk, backup, user, team, resource group,
  all, everything, bulk, many`;

/** Run, each of these can be anything. */
export const ANYTHING = `
  command, cmd, shell, bash, powershell, terminal, script, code, python, javascript, process,
  sql, cypher, query, statement, expression, exec, eval, ssh, sudo, graphql, notebook, lambda,
  console`;

/** At the end of a name without a verb they say that it tells something. */
export const TELLING = `
  activity analysis analytics availability balance balances capabilities catalog changelog  complexity   context count
  counts date ddl   dependencies detail details diff diffs doc docs documentation forecast guidance guide
  guideline headlines health help  indexes info information insights inventory   latest lineage  logs manifest me
    metric metrics news outline overview papers patterns practices prices pricing progress quote quotes rate rates
  recommendation recommendations     report reports result results roster schema schemas
   size stats statistics structure status statuses subnetsize suggestions summary   time timeline today
   topology trace traces tree trends  unreads usage version versions weather whoami top best`;
