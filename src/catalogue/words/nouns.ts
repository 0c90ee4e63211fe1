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
      access key, api key, identity, principal, service account, ssh key, workload identity`,
  },
  {
    says: 'decides who may do what',
    written: 'high',
    read: null,
    attack: 'privileges',
    words: `
      access, account, acl, admin, allowlist, collaborator, escalation, firewall, grant, group, iam, invitation,
      invite, key, member, membership, moderator, owner, permission, policy, privilege, rbac, responder, role,
      security group, team, tenant, user, usergroup, whitelist`,
  },
  {
    says: 'is a secret: whoever reads it can use it',
    written: 'high',
    read: 'high',
    attack: 'secrets',
    words: `
      access key, api key, certificate, connection string, cookie, credential, dsn, env, environment variable,
      keychain, mnemonic, otp, passphrase, password, private key, secret, seed phrase, token, totp, vault`,
  },
  {
    says: 'runs what others depend on',
    written: 'high',
    read: null,
    attack: 'outage',
    words: `
      app, application, branch, broker, bucket, cache, channel, cluster, config, configuration, container, database,
      db, deployment, dns, domain, endpoint, environment, exchange, filesystem, fs, function, gateway, hub, incident,
      infrastructure, instance, integration, machine, namespace, network, node, orchestration, override, pipeline,
      pod, pool, production, queue, release, resource, rotation, rule, schedule, server, service, setting, shift,
      site, stack, storage, subscription, template, topic, variable, vm, volume, workflow, workspace`,
  },
  {
    says: 'calls out to an address by itself, again and again',
    written: 'high',
    read: null,
    attack: 'exfiltration',
    words: `
      callback, forwarding, hook, redirect, webhook`,
  },
  {
    says: 'is money, or stands for it',
    written: 'high',
    read: null,
    attack: 'spend',
    words: `
      ad, bank, campaign, card, charge, checkout, coupon, credit, fund, invoice, loan, order, payment, payout, price,
      refund, subscription, trade, transaction, wallet`,
  },
  {
    says: 'is about people: what it shows is personal',
    written: 'medium',
    read: 'medium',
    attack: 'exfiltration',
    words: `
      call log, contact, conversation, dm, email, health record, inbox, mail, medical, message, patient, sms`,
  },
  {
    says: 'goes to everybody who is invited',
    written: 'high',
    read: null,
    attack: 'phishing',
    words: `
      appointment, calendar event, meeting`,
  },
  {
    says: 'is seen by everybody',
    written: 'high',
    read: null,
    attack: 'exposure',
    words: `
      page post, public, status page, tweet, website`,
  },
];

/** Taken away, each of these takes much along. */
export const WHOLE = `
  account, backup, broker, bucket, cluster, collection, database, disk, domain, index, instance, keyspace, mount,
  namespace, org, organization, project, repo, repository, resource group, server, snapshot, stack, subscription,
  table, team, tenant, user, vault, volume, workspace, zone`;

/** Whatever is taken away, these say that much is. */
export const AMOUNTS = `all batch bulk entire every everything many multiple whole`;

/** Run, each of these can be anything. */
export const ANYTHING = `
  bash, cmd, code, command, console, cypher, eval, exec, expression, graphql, javascript, lambda, notebook,
  powershell, process, python, query, script, shell, sql, ssh, statement, sudo, terminal`;

/** At the end of a name without a verb they say that it tells something. */
export const TELLING = `
  activity analysis analytics availability balance balances best capabilities catalog changelog complexity context
  count counts date ddl dependencies detail details diff diffs doc docs documentation forecast guidance guide
  guideline headlines health help indexes info information insights inventory latest lineage logs manifest me metric
  metrics news outline overview papers patterns practices prices pricing progress quote quotes rate rates
  recommendation recommendations report reports result results roster schema schemas size statistics stats status
  statuses structure subnetsize suggestions summary time timeline today top topology trace traces tree trends unreads
  usage version versions weather whoami`;
