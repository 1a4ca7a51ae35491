// Held – needs a decision: why, the rows and the decisions, and the limits that hold.
import type { Section } from '../catalogue.ts';
import type { held as swedish } from '../sv/held.ts';

export const held: Section<typeof swedish> = {
  title: 'Held – needs a decision.',
  why: {
    gone_one:
      '{{count, number}} linked person would be put under <1>Delete Entra ID users</1>, more than the limit of {{allowed, number}}.',
    gone_other:
      '{{count, number}} linked people would be put under <1>Delete Entra ID users</1>, more than the limit of {{allowed, number}}.',
    goneWeek_one:
      '{{count, number}} linked person would be put under <1>Delete Entra ID users</1>. With those gone in the last seven days that makes {{week, number}}, more than the limit of {{allowed, number}}.',
    goneWeek_other:
      '{{count, number}} linked people would be put under <1>Delete Entra ID users</1>. With those gone in the last seven days that makes {{week, number}}, more than the limit of {{allowed, number}}.',
    remaining_one:
      '{{count, number}} of {{of, number}} in scope would be gone at once, more than the limit of {{allowed, number}}. So everything that the run would change waits.',
    remaining_other:
      '{{count, number}} of {{of, number}} in scope would be gone at once, more than the limit of {{allowed, number}}. So everything that the run would change waits.',
    changed_one:
      '<1>{{field}}</1> would change for {{count, number}} of {{of, number}} linked users, more than the limit of {{allowed, number}}.',
    changed_other:
      '<1>{{field}}</1> would change for {{count, number}} of {{of, number}} linked users, more than the limit of {{allowed, number}}.',
    changedWeek_one:
      '<1>{{field}}</1> would change for {{count, number}} of {{of, number}} linked users. Over seven days that makes {{week, number}}, more than the limit of {{allowed, number}}.',
    changedWeek_other:
      '<1>{{field}}</1> would change for {{count, number}} of {{of, number}} linked users. Over seven days that makes {{week, number}}, more than the limit of {{allowed, number}}.',
    emptied_one:
      '<1>{{field}}</1> would be emptied for {{count, number}} of {{of, number}} linked users, more than the limit of {{allowed, number}}.',
    emptied_other:
      '<1>{{field}}</1> would be emptied for {{count, number}} of {{of, number}} linked users, more than the limit of {{allowed, number}}.',
    emptiedWeek_one:
      '<1>{{field}}</1> would be emptied for {{count, number}} of {{of, number}} linked users. Over seven days that makes {{week, number}}, more than the limit of {{allowed, number}}.',
    emptiedWeek_other:
      '<1>{{field}}</1> would be emptied for {{count, number}} of {{of, number}} linked users. Over seven days that makes {{week, number}}, more than the limit of {{allowed, number}}.',
  },
  notDone:
    'None of this has been done, everything else is in place. If it is put right in Entra ID, the hold ends by itself.',
  banner: {
    absences_one: '{{count, number}} person would be gone',
    absences_other: '{{count, number}} people would be gone',
    changes_one: '{{count, number}} value would change',
    changes_other: '{{count, number}} values would change',
    text: '{{what}}. None of it has been done. You decide, or wait: if it is put right in Entra ID, the hold ends by itself.',
    since: 'Since {{moment}}.',
    open: 'Look and decide',
  },
  figures: 'What is held and what is done',
  figure: {
    absences: 'would be gone',
    changes: 'values would change',
    applied_one: 'changed value, already in place',
    applied_other: 'changed values, already in place',
    new_one: 'new available',
    new_other: 'new available',
    issues: 'cases to review',
  },
  list: 'Held rows',
  kinds: 'Which rows',
  kind: { all: 'To decide', absence: 'Would be gone', change: 'Changes', dismissed: 'Dismissed' },
  search: 'Search the held rows',
  searchHint: 'Search {{count, number}}',
  reason: 'Reason',
  allReasons: 'All reasons',
  field: 'Field',
  allFields: 'All fields',
  column: {
    person: 'Person',
    what: 'What',
    evidence: 'Evidence or change',
    actions: 'Actions',
  },
  notLinked: 'no user linked',
  evidence: {
    deleted_items: 'in the deleted items of Entra ID since {{time}}',
    not_found: 'no longer in Entra ID, noticed {{time}}',
    left_groups: 'left the chosen groups, noticed {{time}}',
    disabled: 'the account was disabled, noticed {{time}}',
    guest: 'became a guest, noticed {{time}}',
  },
  file: {
    name: 'Waits for a decision',
    person: 'Person',
    email: 'E-mail',
    reason: 'Reason',
    field: 'Field',
    before: 'Before',
    after: 'After',
    since: 'Since',
    decision: 'Decision',
    by: 'By',
    decisions: { waiting: 'Waiting', dismissed: 'Dismissed' },
    yes: 'Yes',
    no: 'No',
  },
  action: {
    approve: 'Approve',
    wait: 'Wait',
    dismiss: 'Dismiss',
    again: 'Take up again',
    of: '{{action}}: {{name}}',
    ofField: '{{action}}: {{name}}, {{field}}',
  },
  many: {
    approve: 'Approve {{count, number}} selected',
    wait: 'Wait with {{count, number}} selected',
    dismiss: 'Dismiss {{count, number}} selected',
    again: 'Take up {{count, number}} selected again',
  },
  all: {
    approve: 'Approve all {{count, number}}',
    wait: 'Wait with all {{count, number}}',
    dismiss: 'Dismiss all {{count, number}}',
  },
  dialog: {
    approve: {
      title_one: 'Approve {{count, number}} row?',
      title_other: 'Approve {{count, number}} rows?',
      confirm_one: 'Approve {{count, number}} row',
      confirm_other: 'Approve {{count, number}} rows',
      absences_one:
        '{{count, number}} person is put under Delete Entra ID users. Nobody is removed in the app: that is for you to decide there.',
      absences_other:
        '{{count, number}} people are put under Delete Entra ID users. Nobody is removed in the app: that is for you to decide there.',
      changes_one: '{{count, number}} value is written to linked users at once.',
      changes_other: '{{count, number}} values are written to linked users at once.',
      undoChanges: 'Changed values can be undone from the run.',
      undoAbsences: 'Whoever comes back in Entra ID leaves the list without anybody’s doing.',
    },
    wait: {
      title_one: 'Wait with {{count, number}} row?',
      title_other: 'Wait with {{count, number}} rows?',
      confirm_one: 'Wait with {{count, number}} row',
      confirm_other: 'Wait with {{count, number}} rows',
      text: 'Nothing is done, and the rows stay here. It shows that you have seen them.',
      undo: 'You can approve or dismiss them at any time.',
    },
    dismiss: {
      title_one: 'Dismiss {{count, number}} row?',
      title_other: 'Dismiss {{count, number}} rows?',
      confirm_one: 'Dismiss {{count, number}} row',
      confirm_other: 'Dismiss {{count, number}} rows',
      text: 'Nothing is done, and you are not asked again as long as Entra ID says the same. The people count as before.',
      undo: 'It can be undone: dismissed rows are under Dismissed and can be taken up again.',
    },
    again: {
      title_one: 'Take up {{count, number}} row again?',
      title_other: 'Take up {{count, number}} rows again?',
      confirm_one: 'Take up {{count, number}} row again',
      confirm_other: 'Take up {{count, number}} rows again',
      text: 'They wait for a decision again. Nothing is done before somebody approves.',
      undo: 'You can dismiss them again at any time.',
    },
  },
  result: {
    approve_one: '{{count, number}} row is approved and done.',
    approve_other: '{{count, number}} rows are approved and done.',
    wait_one: '{{count, number}} row stays.',
    wait_other: '{{count, number}} rows stay.',
    dismiss_one: '{{count, number}} row is dismissed.',
    dismiss_other: '{{count, number}} rows are dismissed.',
    again_one: '{{count, number}} row waits for a decision again.',
    again_other: '{{count, number}} rows wait for a decision again.',
    refused_one: '{{count, number}} row could not be included: it has changed meanwhile.',
    refused_other: '{{count, number}} rows could not be included: they have changed meanwhile.',
  },
  decided: {
    waiting: 'Waiting',
    dismissed: 'Dismissed',
    by: '{{name}}, {{moment}}',
  },
  count_one: '{{count, number}} row',
  count_other: '{{count, number}} rows',
  countMany: 'more than {{count, number}} rows',
  full: 'At most {{count, number}} rows can be selected at once. Decide about all of them with the buttons at the top.',
  empty: {
    all: { title: 'Nothing waits for a decision.', next: 'Choose another filter to see more rows.' },
    dismissed: {
      title: 'Nothing has been dismissed.',
      next: 'What you say no to is shown here, and can be taken up again.',
    },
  },
  over: {
    state: 'Held, settled',
    title: 'Everything that was held is settled.',
    text: 'Each row is approved, dismissed or has been put right in Entra ID. There is nothing that you need to do.',
    gone: 'Show Delete Entra ID users',
  },
  ended_one: '{{count, number}} hold ended by itself: it was put right in Entra ID.',
  ended_other: '{{count, number}} holds ended by themselves: it was put right in Entra ID.',
  export: { label: 'Export', csv: 'CSV file', xlsx: 'Excel file (XLSX)', done: 'The file is downloaded.' },
  limits: {
    title: 'Limits',
    lead: 'If a run does more than this, that part is held and you decide. Everything else is done as usual. What was done without approval in the last seven days counts, too.',
    default: 'default',
    own: 'custom',
    changeOf: 'Change the limits',
    nobody: 'Nobody is linked yet. The limits are counted on linked users.',
    part: {
      count: 'Number above',
      share: 'and share above',
      max: 'or number above',
      left: 'Share left at least',
    },
    gone: {
      title: 'People who are gone',
      text: 'Linked people who would be put under Delete Entra ID users.',
      words_one:
        'Held when it is more than {{count, number}} person and more than {{share}} of those linked, and always at more than {{max, number}}.',
      words_other:
        'Held when it is more than {{count, number}} people and more than {{share}} of those linked, and always at more than {{max, number}}.',
    },
    remaining: {
      title: 'People in scope',
      text: 'How many have to be left at least, compared with before the run.',
      words:
        'Held when more than {{share}} of those in scope would be gone. Then everything that the run would change waits.',
    },
    changed: {
      title: 'The same field changes for many',
      text: 'Linked users who get a new value in one and the same field.',
      words_one: 'Held when it is more than {{count, number}} user and more than {{share}} of those linked.',
      words_other: 'Held when it is more than {{count, number}} users and more than {{share}} of those linked.',
    },
    emptied: {
      title: 'The same field is emptied for many',
      text: 'Linked users who would get an empty value in one and the same field.',
      words_one: 'Held when it is more than {{count, number}} user and more than {{share}} of those linked.',
      words_other: 'Held when it is more than {{count, number}} users and more than {{share}} of those linked.',
    },
    example_one: 'With {{count, number}} linked user that makes {{allowed, number}}.',
    example_other: 'With {{count, number}} linked users that makes {{allowed, number}}.',
    isDefault: 'default',
    wasDefault: 'default is {{value}}',
    percent: '{{value, number}} %',
    reset: 'Reset to default',
    resetDisabled: 'All limits are the default already.',
    save: 'Save',
    nothingChanged: 'There is nothing to save: nothing is changed.',
    saved: 'The limits are saved. They apply from the next run on.',
    wrongCount: 'Write a whole number between 0 and {{max, number}}.',
    wrongShare: 'Write a share between 0 and 100 per cent.',
    maxBelow: 'Has to be at least {{count, number}}, the number above.',
    problem: 'Correct what is marked first.',
    offTitle: 'With these values practically nothing is held.',
    off: 'A run that goes wrong can then let many people go at once, without anybody being asked.',
    strictTitle: 'With these values nearly every run is held.',
    strict: 'A single person who is gone or a single value that changes then needs a decision.',
  },
};
