// The pages that a person sees on the login host. Plain and neutral on purpose: nobody should take them for Microsoft's.
import { createHash } from 'node:crypto';
import { html, page } from '../http.ts';
import type { Answer } from '../http.ts';

export interface ListedAccount {
  upn: string;
  name: string;
  role: string;
  tenant: string;
}

const STYLE = `
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;background:#f1f2f4;color:#1d2226;font:15px/1.5 "Inter Variable",Inter,system-ui,sans-serif;padding:24px}
main{background:#fff;border:1px solid #d9dbde;border-radius:8px;width:100%;max-width:460px;padding:28px}
.for{color:#5b646b;font-size:13px;margin:0 0 16px}h1{font-size:20px;line-height:1.3;margin:0 0 4px}h2{font-size:15px;margin:20px 0 8px}
ul{list-style:none;margin:0;padding:0}.accounts{max-height:330px;overflow:auto;border:1px solid #d9dbde;border-radius:6px}.accounts li+li{border-top:1px solid #eceef0}
.accounts button{display:block;width:100%;border:0;background:none;text-align:left;padding:10px 12px;font:inherit;cursor:pointer;border-radius:0}.accounts button:hover{background:#f5f6f7}
small{display:block;color:#5b646b;font-size:13px}label{display:block;font-weight:560;margin:18px 0 4px}
input[type=text]{width:100%;font:inherit;padding:8px 10px;border:1px solid #8b949b;border-radius:6px}
/* The main button comes first in the source, so that Enter presses it, and last on the screen. */.do{display:flex;flex-direction:row-reverse;gap:8px;margin-top:18px}button{font:inherit;font-weight:560;border:1px solid #c3c8cc;background:#fff;border-radius:6px;padding:8px 16px;cursor:pointer}
button.main{background:#33424d;border-color:#33424d;color:#fff}:focus-visible{outline:2px solid #2f6ea3;outline-offset:1px}
.bad{border-left:3px solid #a8372c;background:#fae8e5;padding:10px 12px;margin:12px 0}.perm{border:1px solid #d9dbde;border-radius:6px;padding:4px 14px}.perm li{padding:8px 0}.perm li+li{border-top:1px solid #eceef0}code{font-size:13px;overflow-wrap:anywhere}`;

function shell(title: string, inner: string): Answer {
  return page(
    200,
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${html(title)}</title><style>${STYLE}</style></head><body><main><p class="for">Demo sign-in (stands in for Microsoft)</p>${inner}</main></body></html>`,
  );
}

export function signInPage(of: {
  action: string;
  flow: string;
  appName: string;
  where: string;
  accounts: ListedAccount[];
  hint: string;
  problem?: string;
}): Answer {
  const accounts = of.accounts
    .map(
      (one) =>
        `<li><button name="account" value="${html(one.upn)}" data-testid="account-${html(one.upn)}"><b>${html(one.name)}</b> · ${html(one.role)}<small>${html(one.upn)} · ${html(one.tenant)}</small></button></li>`,
    )
    .join('');
  return shell(
    'Demo sign-in',
    `<h1>Choose an account</h1><p style="margin:0 0 14px">to continue to <b>${html(of.appName)}</b>${of.where === '' ? '' : ` (${html(of.where)})`}. No password is asked for: these people do not exist.</p>
${of.problem === undefined ? '' : `<p class="bad" role="alert" data-testid="problem">${html(of.problem)}</p>`}
<form method="post" action="${html(of.action)}"><input type="hidden" name="flow" value="${html(of.flow)}"><ul class="accounts" data-testid="accounts">${accounts}</ul></form>
<form method="post" action="${html(of.action)}"><input type="hidden" name="flow" value="${html(of.flow)}">
<label for="account">Another account (user name)</label><input type="text" id="account" name="account" value="${html(of.hint)}" autocomplete="off" spellcheck="false" data-testid="account">
<div class="do"><button class="main" data-testid="next">Next</button><button name="cancel" value="1" data-testid="cancel">Cancel</button></div></form>`,
  );
}

const MEANING: Record<string, string> = {
  'User.Read.All': 'Read all users’ full profiles',
  'GroupMember.Read.All': 'Read all group memberships',
  'Group.Read.All': 'Read all groups',
  'Directory.Read.All': 'Read directory data',
  'Member.Read.Hidden': 'Read hidden memberships',
  'MailboxSettings.Read': 'Read all user mailbox settings',
  'AuditLog.Read.All': 'Read all audit log data',
  'Organization.Read.All': 'Read organization information',
};

export function consentPage(of: {
  action: string;
  flow: string;
  appName: string;
  upn: string;
  tenantName: string;
  permissions: string[];
}): Answer {
  const rows = of.permissions
    .map(
      (name) => `<li><b>${html(MEANING[name] ?? name)}</b><small>${html(name)}, without a signed-in user</small></li>`,
    )
    .join('');
  return shell(
    'Permissions requested',
    `<h1>Permissions requested</h1><p style="margin:0">Review for your organization, <b>${html(of.tenantName)}</b>. Signed in as ${html(of.upn)}.</p>
<h2>${html(of.appName)} would like to:</h2><ul class="perm" data-testid="permissions">${rows === '' ? '<li>nothing beyond signing people in</li>' : rows}</ul>
<p><small>If you accept, this app gets access to these resources for all users in your organization.</small></p>
<form method="post" action="${html(of.action)}"><input type="hidden" name="flow" value="${html(of.flow)}"><div class="do"><button class="main" name="answer" value="accept" data-testid="consent-accept">Accept</button><button name="answer" value="cancel" data-testid="consent-cancel">Cancel</button></div></form>`,
  );
}

export function approvalPage(of: {
  action: string;
  flow: string;
  appName: string;
  upn: string;
  tenantName: string;
}): Answer {
  return shell(
    'Need admin approval',
    `<h1>Need admin approval</h1><p><b>${html(of.appName)}</b> needs permission to access resources in ${html(of.tenantName)} that only an admin can grant. Ask a Global Administrator or a Privileged Role Administrator to grant it. Signed in as ${html(of.upn)}.</p>
<form method="post" action="${html(of.action)}"><input type="hidden" name="flow" value="${html(of.flow)}"><div class="do"><button class="main" name="answer" value="back" data-testid="consent-back">Return to the application without granting consent</button></div></form>`,
  );
}

export function errorPage(text: string): Answer {
  const [first = '', ...rest] = text.split('\r\n');
  return {
    ...shell(
      'Sorry, trouble signing you in',
      `<h1>Sorry, but we’re having trouble signing you in.</h1><p class="bad" role="alert" data-testid="problem">${html(first)}</p><p><small>${rest.map(html).join('<br>')}</small></p>`,
    ),
    status: 400,
  };
}

/** A page that posts the answer to the application by itself. */
export function formPostPage(to: string, values: Record<string, string>): Answer {
  const script = 'document.forms[0].submit()';
  const fields = Object.entries(values)
    .map(([name, value]) => `<input type="hidden" name="${html(name)}" value="${html(value)}">`)
    .join('');
  const answer = page(
    200,
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Working...</title></head><body><form method="POST" action="${html(to)}">${fields}<noscript><button>Continue</button></noscript></form><script>${script}</script></body></html>`,
  );
  const hash = createHash('sha256').update(script).digest('base64');
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'Content-Security-Policy': `default-src 'none'; script-src 'sha256-${hash}'; base-uri 'none'`,
    },
  };
}
