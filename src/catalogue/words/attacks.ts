/** What access to a tool invites, a line each. */
export const ATTACKS = {
  loss: 'data loss: what it takes away may not come back',
  outage: 'denial of service: whoever depends on it stands still',
  tampering: 'tampering: what others rely on can be replaced unnoticed',
  clutter: 'flooding: an agent in a loop makes hundreds before anyone looks',
  privileges: 'privilege escalation: it can give more rights than whoever asked has',
  secrets: 'exfiltration of secrets: what is read here opens other doors',
  exfiltration: 'exfiltration: what it reads can be carried out by the next call',
  phishing: 'phishing in your name: others trust what comes from you',
  execution: 'code execution: whatever the agent was talked into runs with your rights',
  injection: 'injection: text from outside can become part of a statement that runs',
  spend: 'spend: each call can cost money',
  requests: 'server-side request forgery: it fetches what an attacker names, from inside your network',
  supply: 'supply chain: what is installed or merged here runs elsewhere later',
  exposure: 'exposure: what was private can become public',
} as const;

export type Attack = keyof typeof ATTACKS;
